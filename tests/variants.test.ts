// The choice of a kernel's variants on a device: what is timed, remembered and left out.

import { clear } from 'idb-keyval'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Backend } from '../src/backends/types'
import { createWebGPU } from '../src/backends/webgpu'
import { denseForward, denseWeightGradient } from '../src/kernels/dense'
import type { Kernel } from '../src/kernels/kernel'
import { call } from '../src/kernels/plan'
import { densePlan } from './plans'

let backend: Backend
afterEach(() => backend.dispose())

describe('the choice of variants', () => {
  const candidates = ['quads', 'blocks', 'split'] as const

  it('times them once per adapter', async () => {
    await clear()
    backend = await createWebGPU({ candidates })
    const program = await backend.prepare(densePlan())
    const { kernels } = backend.info
    expect(kernels).toMatch(/^timed on this device in \d+\.\d s: (2 \w+|1 \w+, 1 \w+)$/)
    const counts = kernels?.split(': ')[1]
    expect(
      [...(await program.read(densePlan().buffers[3]))].every((value) => value === 0),
      'nothing left',
    ).toBe(true)
    await backend.prepare(densePlan())
    expect(backend.info.kernels).toBe(`timed on this device before: ${counts}`)
    backend.dispose()
    backend = await createWebGPU({ candidates }) // as on the next visit
    await backend.prepare(densePlan())
    expect(backend.info.kernels).toBe(`timed on this device before: ${counts}`)
  })

  it('times nothing that runs once, and takes the shortest loops for it', async () => {
    await clear()
    backend = await createWebGPU({ candidates })
    const plan = densePlan()
    const program = await backend.prepare({
      ...plan,
      lists: { train: [], evaluate: [], validate: [], predict: plan.lists.train },
    })
    expect(program.variants('predict')).toEqual(['split', 'split'])
    expect(backend.info.kernels).toBe('')
  })

  it('follows the options, without timing', async () => {
    backend = await createWebGPU({ variant: 'split' })
    await backend.prepare(densePlan())
    expect(backend.info.kernels).toBe('2 split')
  })

  it('works without subgroups and timestamps', async () => {
    await clear()
    const features = vi.spyOn(GPUAdapter.prototype, 'features', 'get').mockReturnValue(new Set())
    backend = await createWebGPU({ candidates })
    features.mockRestore()
    expect(backend.info.features).not.toContain('subgroups')
    const program = await backend.prepare(densePlan())
    // On a busy machine waits are too far apart to tell anything.
    expect(backend.info.kernels).toMatch(/^(timed on this device in .*: )?[12] (blocks|split)/)
    const calls = await program.profile('train', 2)
    expect(calls.map(({ seconds }) => seconds)).toEqual([undefined, undefined])
  })

  it('leaves out loops that are too long', async () => {
    await clear()
    backend = await createWebGPU({ candidates: ['tiles', 'split', 'slices'] })
    const plan = densePlan()
    const [parameters, inputs, , outputs] = plan.buffers
    const rows = call(
      denseWeightGradient,
      { ROWS: 2000, INPUTS: 33, OUTPUTS: 16, WEIGHTS: 0, BIAS: 1 },
      { inputs, gradient: outputs, gradients: parameters },
    )
    const long = (name: 'tiles' | 'split') => ({ ...denseWeightGradient.variants[name], rounds: () => 5000 })
    const kernel = {
      ...denseWeightGradient,
      variants: { ...denseWeightGradient.variants, tiles: long('tiles'), split: long('split') },
    } as unknown as Kernel
    const program = await backend.prepare({
      ...plan,
      lists: { ...plan.lists, train: [{ ...rows, kernel }], evaluate: [] },
    })
    expect(program.variants('train')).toEqual(['slices'])
  })

  it('skips a candidate that fails to compile', async () => {
    await clear()
    backend = await createWebGPU({ candidates: ['blocks', 'split'] })
    const broken = { ...denseForward.variants.blocks, wgsl: () => 'nonsense' }
    const kernel = { ...denseForward, variants: { ...denseForward.variants, blocks: broken } } as unknown as Kernel
    const plan = densePlan()
    const train = plan.lists.train.map((call) => ({ ...call, kernel }))
    await backend.prepare({ ...plan, lists: { ...plan.lists, train, evaluate: [] } })
    expect(backend.info.kernels).toMatch(/: 2 split$/)
  })
})
