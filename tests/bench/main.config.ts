// The build of the benchmark's driver: a program for Node, kept where setup.mjs looks for it.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { mnistList, unpackedList } from '../../src/build/mnist.ts'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  publicDir: false,
  plugins: [mnistList(unpackedList)],
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'node_modules/.cache/inkling',
    emptyOutDir: false, // the other programs are there too
    rolldownOptions: {
      input: { bench: 'tests/bench/main.ts' },
      external: ['webgpu'], // installed on demand
      output: { entryFileNames: '[name].mjs', chunkFileNames: 'bench-[name].mjs' },
    },
  },
})
