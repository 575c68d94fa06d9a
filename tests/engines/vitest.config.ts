// Tests of the built page in engines other than Chromium's, one after the other. `npm run test:browsers` builds and starts them.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['tests/engines/*.test.ts'],
    globalSetup: 'tests/engines/serve.ts',
    fileParallelism: false,
    reporters: 'verbose',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 100 } },
  },
})
