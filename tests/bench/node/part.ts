// A process that measures one part, which it is told by a message, and answers with what it measured.

import { messageOf } from '../../../src/cli/errors'
import { measure } from './measure'
import type { Assignment, Measured } from './parts'

process.once('message', (assignment: Assignment) => {
  void measure(assignment)
    .catch((error: unknown): Measured => ({ error: messageOf(error) }))
    .then((measured) => process.send?.(measured))
})
process.once('disconnect', () => process.exit())
