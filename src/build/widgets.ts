// Vite plugin for the widgets (src/widgets/): builds two ES modules that need no other file. `inkling.js` has both elements and a
// trained network; `inkling-digits.js` has the pad alone, without a network.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, type InlineConfig, type Plugin, type PluginOption } from 'vite'
import { datasetLists } from './datasets.ts'
import { kernels } from './kernels.ts'
import { fixedRem } from './rem.ts'
import { shaders } from './wgsl.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const cache = join(root, 'node_modules/.cache/inkling')

/** Entry of each module, by the module's file name. */
const entries = {
  'inkling.js': 'src/widgets/inkling.ts',
  'inkling-digits.js': 'src/widgets/inkling-digits.ts',
} as const

/** Builds the modules with the site; the dev server builds one at each request. */
export function widgets(): Plugin {
  return {
    name: 'inkling-widgets',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = Object.keys(entries).find((name) => request.url?.split('?')[0] === `/${name}`)
        if (!name) return next()
        buildWidgets().then((modules) => {
          response.setHeader('Content-Type', 'text/javascript')
          response.setHeader('Cache-Control', 'no-cache')
          response.end(modules.get(name))
        }, next)
      })
    },
    apply: (config, { command }) => command === 'serve' || !config.build?.ssr,
    async generateBundle() {
      for (const [fileName, source] of await buildWidgets()) this.emitFile({ type: 'asset', fileName, source })
    },
  }
}

async function buildWidgets(): Promise<Map<string, string>> {
  const [worker, { network, statistics }] = await Promise.all([buildWorker(), includedNetwork()])
  const plugins = [
    ...texts({
      'virtual:widget-worker': worker,
      'virtual:included/network': network,
      'virtual:included/statistics': statistics,
    }),
    rem(),
    datasetLists(),
    kernels({ inline: true }),
    svelte({
      configFile: false,
      compilerOptions: { css: 'injected' }, // Svelte puts the styles into the shadow root
      preprocess: { style: ({ content }) => ({ code: fixedRem(content) }) },
    }),
  ]
  const modules = new Map<string, string>()
  for (const [name, entry] of Object.entries(entries)) modules.set(name, await bundle(entry, 'es', plugins))
  return modules
}

/** One classic script for all of the workers: see src/widgets/worker.ts. */
const buildWorker = () =>
  bundle('src/widgets/worker.ts', 'iife', [oneScript(), datasetLists(), kernels({ inline: true }), shaders()])

/** Bundles an entry with all it imports into one script. */
async function bundle(entry: string, format: 'es' | 'iife', plugins: PluginOption[]): Promise<string> {
  const config: InlineConfig = {
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins,
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: join(root, entry),
        preserveEntrySignatures: 'strict',
        checks: { pluginTimings: false, emptyImportMeta: false }, // Vite's own, where there is nothing to preload
        output: { format, codeSplitting: false },
      },
    },
  }
  const result = await build(config)
  const outputs = [result].flat().flatMap((made) => ('output' in made ? made.output : []))
  const [chunk, ...others] = outputs
  if (chunk?.type !== 'chunk' || others.length > 0) {
    throw new Error(`${entry} is not one script: ${outputs.map(({ fileName }) => fileName).join(', ')}.`)
  }
  return chunk.code
}

/** Plugins that provide modules with a text. */
function texts(modules: Readonly<Record<string, string>>): Plugin[] {
  return Object.entries(modules).map(([id, text]) => ({
    name: `inkling-text:${id}`,
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) => (source === `\0${id}` ? `export default ${JSON.stringify(text)}` : undefined),
  }))
}

/** Makes sizes in style sheets independent of the page. */
function rem(): Plugin {
  return {
    name: 'inkling-rem',
    enforce: 'pre',
    transform: (code, id) => (/\.css(\?|$)/.test(id) && !id.includes('.svelte') ? fixedRem(code) : undefined),
  }
}

/** A worker starts another one from its own script under another name, because there is no other file. */
function oneScript(): Plugin {
  const start = /new Worker\(new URL\('[^']+', import\.meta\.url\), \{ type: 'module', name: ('[\w-]+') \}\)/g
  return {
    name: 'inkling-one-script',
    enforce: 'pre',
    transform: (code) =>
      code.includes('new Worker(') ? code.replace(start, 'new Worker(self.location.href, { name: $1 })') : undefined,
  }
}

/** The widget's network and the statistics of its training images, both as base64 of safetensors. */
interface Included {
  readonly network: string
  readonly statistics: string
}

/** Trains the network, which takes some 15 s, or reuses the one that the same program trained before. */
async function includedNetwork(): Promise<Included> {
  const program = await buildTrainer()
  const key = createHash('sha256').update(program).digest('hex').slice(0, 16)
  const kept = join(cache, `included-${key}.json`)
  if (!existsSync(kept)) {
    await mkdir(cache, { recursive: true })
    const script = join(cache, `included-${key}-${process.pid}.mjs`)
    const unfinished = `${kept}.${process.pid}`
    try {
      await writeFile(script, program)
      console.log('Training the network that comes with inkling.js (once, about 15 s).')
      await promisify(execFile)(process.execPath, [script, unfinished])
      await rename(unfinished, kept) // written under another name first: several builds may run at once
    } finally {
      await rm(script, { force: true })
    }
  }
  return JSON.parse(await readFile(kept, 'utf8')) as Included
}

/** The program that trains it (src/cli/included.ts), as one script for Node. */
async function buildTrainer(): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [datasetLists({ empty: true }), kernels()],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      write: false,
      minify: true, // so that a change of a comment does not train anew
      target: 'node20',
      rolldownOptions: {
        input: join(root, 'src/cli/included.ts'),
        checks: { pluginTimings: false },
        output: { codeSplitting: false },
      },
    },
  })
  const chunk = [result].flat().flatMap((made) => ('output' in made ? made.output : []))[0]
  if (chunk?.type !== 'chunk') throw new Error('src/cli/included.ts was not built.')
  return chunk.code
}
