// The worker's entry: a session, served to the page.

import { expose } from 'comlink'
import { LocalSession } from './session'

expose(new LocalSession())
