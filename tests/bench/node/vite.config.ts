// The build of the program that measures without a browser. All that it needs is in it, but webgpu and MNIST.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { datasetLists } from '../../../src/build/datasets.ts'
import { kernels } from '../../../src/build/kernels.ts'

export default defineConfig({
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  publicDir: false,
  logLevel: 'warn',
  plugins: [datasetLists({ empty: true }), kernels()],
  ssr: { noExternal: true, external: ['webgpu'] },
  build: {
    ssr: true,
    target: 'node20',
    emptyOutDir: true,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { main: 'tests/bench/node/main.ts', part: 'tests/bench/node/part.ts' },
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
    },
  },
})
