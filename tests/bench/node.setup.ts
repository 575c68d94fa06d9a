// WebGPU for tests in Node, while they run.

import { afterAll } from 'vitest'
import { provideDawn } from './dawn'

await provideDawn()
afterAll(() => Reflect.deleteProperty(navigator, 'gpu')) // else the process would not end
