// The build (Vite) and the tests that need no page (Vitest): `unit` in Node, `gpu` in a Chromium with WebGPU.

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { datasetFiles, datasetLists } from './src/build/datasets.ts'
import { kernels } from './src/build/kernels.ts'
import { shaders } from './src/build/wgsl.ts'
import { widgets } from './src/build/widgets.ts'
import { withWebGPU } from './tests/browser/chromium.ts'

// Cross-origin isolation: gives the page shared memory and precise clocks.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const gpuTests = [
  'tests/backends.test.ts',
  'tests/kernels.test.ts',
  'tests/odd-training.test.ts',
  'tests/picture-decoder.test.ts',
  'tests/training.test.ts',
  'tests/variants.test.ts',
]

export default defineConfig({
  base: './', // works from any folder of any host
  plugins: [svelte({ configFile: false }), datasetLists(), datasetFiles(), kernels(), shaders(), widgets()],
  worker: {
    format: 'es',
    plugins: () => [datasetLists(), kernels(), shaders()],
    // All that a session needs at once in one file: left alone, parts of it become files of their own, which compress worse.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'session', test: /\/session\/session\.ts$/ }] } } },
  },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false }, // a hint that an old browser does without
    rolldownOptions: { input: ['index.html', 'widgets.html'], checks: { pluginTimings: false } },
  },
  server: { headers },
  preview: { headers, cors: true }, // pages of other origins may load the widgets
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/*.test.ts'],
          exclude: gpuTests,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: gpuTests,
          testTimeout: 180_000,
          hookTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: withWebGPU }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
