// The kernel tests in Node on the machine's own Vulkan driver, for `npm run bench -- --node`.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { kernels } from '../../src/build/kernels.ts'

export default defineConfig({
  plugins: [kernels()],
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'node-gpu',
    environment: 'node',
    include: ['tests/kernels.test.ts'],
    testNamePattern: /^(?!.*WebAssembly)/, // what runs on the graphics processor
    setupFiles: 'tests/bench/node.setup.ts',
    testTimeout: 180_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
})
