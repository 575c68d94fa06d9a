// The tests that need Python with PyTorch, for `npm run test:torch`, which says in PYTHON where it is.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'torch',
    environment: 'node',
    include: ['tests/torch/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
