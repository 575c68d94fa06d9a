// A process that measures one part, which it is told by a message, and answers with what it measured.

import { messageOf } from '../../../src/cli/errors'
import { measure } from './measure'
import type { Assignment, Measured } from './parts'

const answer = (measured: Measured) => process.send?.(measured)
const fail = (error: unknown) => answer({ error: messageOf(error) })

process.once('message', (assignment: Assignment) => void measure(assignment).then(answer, fail))
process.once('uncaughtException', fail) // of what nobody waits for
process.once('disconnect', () => process.exit())
