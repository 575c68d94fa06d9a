// Builds the command line (src/cli/): programs for Node, in the folder where setup.mjs looks for them.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { datasetLists } from './datasets.ts'
import { kernels } from './kernels.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export default defineConfig({
  root,
  publicDir: false,
  plugins: [datasetLists({ empty: true }), kernels()],
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'node_modules/.cache/inkling',
    emptyOutDir: false, // another run may use it
    rolldownOptions: {
      input: {
        train: 'src/cli/train.ts',
        reproduce: 'src/cli/reproduce.ts',
        drawings: 'src/cli/drawings.ts',
        'get-data': 'src/cli/get-data.ts',
      },
      // An optional package (see src/cli/device.ts), and one with a library of the machine's own kind.
      external: ['webgpu', 'sharp'],
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
    },
  },
})
