// Tests of the whole page, as the production build serves it. Build first: `npm run build`.
// `*.webgpu.spec.ts` runs with WebGPU, `*.cpu.spec.ts` without, any other `*.spec.ts` in both.

import { defineConfig } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import { withoutWebGPU, withWebGPU } from './chromium'

const root = fileURLToPath(new URL('../..', import.meta.url))
const port = 47_913
const url = `http://localhost:${port}/`

export default defineConfig({
  testDir: '.',
  outputDir: `${root}test-results`,
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  forbidOnly: Boolean(process.env['CI']),
  // Motion is for the tests that look at it: without a graphics card each of its frames takes a core as long as it lasts.
  use: { baseURL: url, browserName: 'chromium', headless: true, contextOptions: { reducedMotion: 'reduce' } },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --port ${port} --strictPort`,
    cwd: root,
    url,
    timeout: 60_000,
  },
  projects: [
    {
      name: 'webgpu',
      // One at a time: SwiftShader already uses every core.
      workers: 1,
      testMatch: '*.spec.ts',
      testIgnore: '*.cpu.spec.ts',
      use: { launchOptions: withWebGPU },
    },
    {
      name: 'cpu',
      testMatch: '*.spec.ts',
      testIgnore: '*.webgpu.spec.ts',
      use: { launchOptions: withoutWebGPU },
    },
  ],
})
