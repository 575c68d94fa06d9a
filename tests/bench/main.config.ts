// The build of the benchmark's driver: a program for Node, kept where setup.mjs looks for it.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { datasetLists } from '../../src/build/datasets.ts'
import { kernels } from '../../src/build/kernels.ts'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  publicDir: false,
  plugins: [datasetLists({ empty: true }), kernels()],
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
