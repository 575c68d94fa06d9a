// The build of the benchmark's driver: a program for Node, kept where setup.mjs looks for it.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { kernels } from '../../src/build/kernels.ts'
import { mnistList, unpackedList } from '../../src/build/mnist.ts'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  publicDir: false,
  plugins: [mnistList(unpackedList), kernels()],
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'node_modules/.cache/inkling',
    emptyOutDir: false, // the other programs are there too
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { bench: 'tests/bench/main.ts' },
      external: ['webgpu'], // installed on demand
      output: { entryFileNames: '[name].mjs', chunkFileNames: 'bench-[name].mjs' },
    },
  },
})
