// Runs `npm start`, `npm test` and the command line, also in a fresh clone with only Node and npm.
// Plain JavaScript without dependencies, because it runs before they are installed.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from './chromium.mjs'
import { denoWithWebGPU } from './deno.mjs'
import { engines } from './engines.mjs'
import { softwareVulkan } from './vulkan.mjs'
import { pythonWithTorch } from './python.mjs'
import { root, run, runScript, say } from './shell.mjs'

const usage = `Usage:
  node src/build/setup.mjs start [options of vite preview]   builds the page if need be and serves it
  node src/build/setup.mjs test [options of vitest]          runs all tests; with options only Vitest's
  node src/build/setup.mjs test:torch [options of vitest]    tests what is exported to PyTorch, with Python
  node src/build/setup.mjs test:browsers [options of vitest] tests the page in Firefox and WebKit
  node src/build/setup.mjs test:wgpu [--tenth] [options of vitest] tests the kernels on the WebGPU of Firefox, in Deno
  node src/build/setup.mjs bench [options]                   measures, beside other libraries; --help tells the options
  node src/build/setup.mjs train [options]                   trains without a page; --help tells the options
  node src/build/setup.mjs reproduce [options]               trains every preset and prints a table
  node src/build/setup.mjs drawings [options]                tells how well a network reads drawn digits
  node src/build/setup.mjs data [NAME]                       gets a data set; lists them unless one is named`

/** Builds the page if a source has changed, then serves it. @param {string[]} args */
async function start(args) {
  const code = await build()
  if (code !== 0) return code
  say('Serving the built page. Ctrl-C stops it.')
  return runScript('vite/bin/vite.js', ['preview', ...args])
}

/** Builds the page if a source has changed. */
async function build() {
  if (newer('dist/index.html', ['index.html', 'widgets.html', 'vite.config.ts', 'public', datasets, ...sources]))
    return 0
  say('Building the page.')
  return runScript('vite/bin/vite.js', ['build'])
}

/** Runs every kind of test, even if one fails. @param {string[]} args */
async function test(args) {
  const browser = await findChromium()
  say(`Testing with ${browser}.`)
  const env = { CHROME_PATH: browser }
  if (args.length > 0) return runScript('vitest/vitest.mjs', ['run', ...args], env)

  say('Unit and GPU tests (vitest)')
  const units = await runScript('vitest/vitest.mjs', ['run'], env)
  say('Production build (vite build)')
  const build = await runScript('vite/bin/vite.js', ['build'])
  say('Tests of the built page (playwright)')
  const page =
    build === 0 ? await runScript('@playwright/test/cli.js', ['test', '-c', 'tests/browser'], env) : undefined

  /** @param {number | undefined} code */
  const verdict = (code) => (code === 0 ? 'passed' : code === undefined ? 'NOT RUN' : 'FAILED')
  say(`Unit and GPU tests ${verdict(units)}, build ${verdict(build)}, page tests ${verdict(page)}.`)
  return units === 0 && build === 0 && page === 0 ? 0 : 1
}

/** Runs the tests that need Python with PyTorch. @param {string[]} args */
async function testTorch(args) {
  const python = await pythonWithTorch()
  if (python)
    return runScript('vitest/vitest.mjs', ['run', '-c', 'tests/torch/vitest.config.ts', ...args], { PYTHON: python })
  console.error(
    'This needs Python with PyTorch and NumPy, and none could be found or installed. Install them (on Debian as root:\n' +
      'apt-get install python3-torch), or set PYTHON to a Python that has them, and try again.',
  )
  return 1
}

/** Tests the page in Firefox and WebKit. @param {string[]} args */
async function testBrowsers(args) {
  const env = await engines()
  if (!env) return 1
  const code = await build()
  if (code !== 0) return code
  say(`Tests in Firefox (${env.FIREFOX_PATH}) and WebKit (${env.MINIBROWSER_PATH}).`)
  const vitest = ['run', '--config', 'tests/engines/vitest.config.ts', ...args]
  return runScript('vitest/vitest.mjs', vitest, { ...env, ...(await softwareVulkan()) })
}

/** Tests the kernels and training steps on wgpu; with `--tenth` a tenth of the cases of a kernel, a third of one with barriers. @param {string[]} args */
async function testWgpu(args) {
  const found = await denoWithWebGPU()
  if (!found) return 1
  const tenth = args.includes('--tenth')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const options = ['run', '--config', 'tests/wgpu/vitest.config.ts', ...args.filter((arg) => arg !== '--tenth')]
  say(`Tests on wgpu, in Deno${tenth ? ': a tenth of the cases of a kernel, a third of one with barriers' : ''}.`)
  const env = { ...found.env, EVERY: tenth ? '10' : '1' }
  return run(process.execPath, [found.deno, 'run', '--allow-all', '--unstable-webgpu', vitest, ...options], { env })
}

/** Runs the benchmarks. Looks for a browser only if one is needed. @param {string[]} args */
async function bench(args) {
  const browserless = args.some((arg) => /^--(help|node|plan|pack)\b/.test(arg))
  const env = browserless ? {} : { CHROME_PATH: await findChromium() }
  return program('bench', 'tests/bench/main.config.ts', [...sources, 'tests/bench', 'tests/browser'], args, env)
}

/**
 * Runs a program of src/cli/.
 * @param {'train' | 'reproduce' | 'drawings' | 'get-data'} name
 * @param {string[]} args
 */
function cli(name, args) {
  return program(name, 'src/build/cli.config.ts', sources, args)
}

/**
 * Runs a program for Node. Builds it with its Vite configuration first if an input has changed.
 * @param {string} name
 * @param {string} config
 * @param {string[]} inputs
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
async function program(name, config, inputs, args, env = {}) {
  const path = `node_modules/.cache/inkling/${name}.mjs`
  if (!newer(path, inputs)) {
    const vite = [join(root, 'node_modules/vite/bin/vite.js'), 'build']
    const options = ['--config', config, '--logLevel', 'warn']
    const code = await run(process.execPath, [...vite, ...options], { stdout: 2 })
    if (code !== 0) return code
  }
  return run(process.execPath, [join(root, path), ...args], { env })
}

/** Path of a Chromium, which is installed if necessary. Exits with an explanation if that fails. */
async function findChromium() {
  const browser = await chromium()
  if (browser) return browser
  console.error(
    'This needs Chromium, and none could be found or installed. Install Chromium or Google Chrome\n' +
      '(on Debian as root: apt-get install chromium), or set CHROME_PATH to one, and try again.',
  )
  process.exit(1)
}

/** Exits with an explanation if Node is older than the dependencies need. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19)) return
  console.error(
    `Inkling needs Node 20.19 or 22.13 or newer; this is Node ${process.versions.node}. See https://nodejs.org`,
  )
  process.exit(1)
}

/** Installs the dependencies unless node_modules matches package-lock.json. */
async function installDependencies() {
  if (dependenciesMatch()) return
  say('Installing dependencies (npm ci).')
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  const npm = process.env['npm_execpath'] // npm itself, where npm started this script
  const code = npm?.endsWith('npm-cli.js')
    ? await run(process.execPath, [npm, ...args], { stdout: 2 })
    : await run('npm', args, { shell: process.platform === 'win32', stdout: 2 })
  if (code === 0) return
  console.error('npm ci failed: see its messages above.')
  process.exit(1)
}

/**
 * Whether node_modules matches package-lock.json. Compares package-lock.json with npm's list of installed packages; file times say
 * nothing, because git sets them.
 */
function dependenciesMatch() {
  const list = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(list)) return false
  /** @type {{ packages: Record<string, { version?: string, optional?: boolean }> }} */
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  /** @type {typeof wanted} */
  const there = JSON.parse(readFileSync(list, 'utf8'))
  return Object.entries(wanted.packages).every(([path, { version, optional }]) => {
    if (path === '') return true // the project itself
    const found = there.packages[path]
    return found ? found.version === version : optional === true // optional packages may be for other systems
  })
}

/** Folder of `npm run data`: the page is built with the data sets in it. */
const datasets = '.data'
/** Sources of both the page and the command line. */
const sources = ['src', 'shaders', 'tsconfig.json', 'package-lock.json']

/**
 * Whether a built file is newer than all of its inputs.
 * @param {string} output
 * @param {string[]} inputs
 */
function newer(output, inputs) {
  const time = changed(join(root, output))
  return time > Math.max(...inputs.map((path) => changed(join(root, path))))
}

/**
 * Time of the last change of a file or of anything in a folder, in milliseconds. A deletion changes the folder itself.
 * @param {string} path
 * @returns {number}
 */
function changed(path) {
  if (!existsSync(path)) return 0
  const { mtimeMs } = statSync(path)
  if (!statSync(path).isDirectory()) return mtimeMs
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => changed(join(path, name))))
}

const [command, ...args] = process.argv.slice(2)
/** @type {Record<string, (args: string[]) => Promise<number>>} */
const tasks = {
  start,
  test,
  'test:torch': testTorch,
  'test:browsers': testBrowsers,
  'test:wgpu': testWgpu,
  bench,
  train: (args) => cli('train', args),
  reproduce: (args) => cli('reproduce', args),
  drawings: (args) => cli('drawings', args),
  data: (args) => cli('get-data', args),
}
const task = tasks[command ?? '']
if (!task) {
  console.error(usage)
  process.exit(2)
}
checkNode()
await installDependencies()
process.exit(await task(args))
