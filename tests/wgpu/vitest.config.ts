// Kernels and training steps on wgpu, the WebGPU of Firefox, by running Vitest in Deno: `npm run test:wgpu`.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { kernels } from '../../src/build/kernels.ts'

export default defineConfig({
  plugins: [kernels()],
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'wgpu',
    environment: 'node',
    include: ['tests/kernels.test.ts', 'tests/training.test.ts', 'tests/odd-training.test.ts'],
    // What runs on the graphics processor; wgpu has no subgroups, which `quads` needs.
    testNamePattern: /^(?!.*(WebAssembly|quads)).*WebGPU/,
    // Of the cases of a kernel only every so many.
    provide: { every: Number(process.env['EVERY'] ?? 1) },
    setupFiles: 'tests/wgpu/setup.ts',
    // Deno has WebGPU in its own threads.
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
})
