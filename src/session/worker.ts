// The worker's entry: a session, served to the page.

import { expose } from 'comlink'
import { LocalSession } from './session'

const session = new LocalSession()
expose(session)
// Within reach of the developer tools and of tests, which take the device away in mid-run.
Object.assign(globalThis, { session })
