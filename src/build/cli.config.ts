// The build of the command line (src/cli/): programs for Node, kept where setup.mjs looks for them.

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
    emptyOutDir: false, // another run may be using it
    rolldownOptions: {
      input: {
        train: 'src/cli/train.ts',
        reproduce: 'src/cli/reproduce.ts',
        drawings: 'src/cli/drawings.ts',
        'get-data': 'src/cli/get-data.ts',
      },
      external: ['webgpu'], // installed by those who want it: see src/cli/device.ts
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
    },
  },
})
