// The build of the measuring page, which holds Inkling and its peers. No part of the product.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { defineConfig, type Plugin } from 'vite'
import { datasetFiles, datasetLists } from '../../src/build/datasets.ts'
import { kernels } from '../../src/build/kernels.ts'

/** `virtual:cpu-ceilings`: page/cpu-ceilings.as compiled, as Base64. */
function cpuCeilings(): Plugin {
  const id = '\0virtual:cpu-ceilings'
  return {
    name: 'inkling:cpu-ceilings',
    resolveId: (source) => (source === 'virtual:cpu-ceilings' ? id : undefined),
    async load(module) {
      if (module !== id) return undefined
      const source = await readFile(new URL('page/cpu-ceilings.as', import.meta.url), 'utf8')
      const [simd, relaxed] = await Promise.all([compile(source, ['simd']), compile(source, ['simd', 'relaxed-simd'])])
      return `export const simd = '${simd}', relaxed = '${relaxed}'`
    },
  }
}

async function compile(source: string, enable: string[]): Promise<string> {
  // Room for the 128 MiB that are copied, in pages of 64 KiB, and none for anything else.
  const options = { optimizeLevel: 3, runtime: 'stub', initialMemory: 2048, noAssert: true, enable }
  const { binary, error, stderr } = await asc.compileString(source, options)
  if (error || !binary) throw new Error(`page/cpu-ceilings.as does not compile: ${stderr.toString()}`)
  return Buffer.from(binary).toString('base64')
}

/**
 * Lets TensorFlow.js start its threads: they get its module as the text of a function, which may be minified but must not speak of
 * a variable outside of itself. It asks for one by `typeof`, so the variable may as well not be there.
 */
function tfjsThreads(): Plugin {
  return {
    name: 'inkling:tfjs-threads',
    transform: {
      filter: { id: /tfjs-backend-wasm-threaded-simd\.js/ },
      handler: (code) => code.replace(/var _scriptDir = .*\n.*_scriptDir \|\| __filename;/, ''),
    },
  }
}

// As the product's own page is served: shared memory and precise clocks need it.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default defineConfig({
  root: fileURLToPath(new URL('page', import.meta.url)),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  plugins: [datasetFiles()],
  worker: {
    format: 'es',
    plugins: () => [datasetLists(), kernels(), cpuCeilings(), tfjsThreads()],
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  build: {
    target: 'es2023',
    outDir: fileURLToPath(new URL('../../node_modules/.cache/inkling/bench-page', import.meta.url)),
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  preview: { headers },
})
