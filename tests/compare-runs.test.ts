// Past runs as tables, links and settings to use again, and how they differ.

import { describe, expect, it } from 'vitest'
import { readLink, writeWholeLink } from '../src/app/spec/link'
import { differences, tellLink, tellUse } from '../src/app/panels/runs/compare'
import { runsCsv, runsJson } from '../src/app/panels/runs/run-files'
import { Runs } from '../src/app/saved/runs.svelte'
import { presets } from '../src/model/presets'
import { Undo } from '../src/app/run/undo.svelte'
import type { LayerSpec, Spec } from '../src/model/spec'
import { finish, MemoryStore, spec } from './recorded-runs'

describe('files and links', () => {
  it('a table has a line for each run, with its settings', async () => {
    const runs = new Runs(() => Promise.resolve(new MemoryStore()), new Undo())
    const run = await finish(runs, { ...spec, seed: 7 }, [0.5, 0.25])
    const [head, line, end] = runsCsv([{ ...run, notes: ['a "note", with comma'] }]).split('\r\n')
    expect(head.split(',').slice(0, 4)).toEqual(['run', 'started', 'network', 'seed'])
    expect(line).toContain('784-192-10,7,CPU WebAssembly,2 threads,yes,1000,10,0.25,0.5')
    expect(line).toContain('"a ""note"", with comma"')
    expect(end).toBe('')
    expect(JSON.parse(runsJson([run])).runs).toEqual([run])
  })

  it.each(presets.map(({ spec, name }) => [name, spec] as const))('a link of %s gives the same spec', (_, of) => {
    const link = writeWholeLink({ ...of, seed: 123 }, 'auto')
    expect(readLink(link)).toEqual({ spec: { ...of, seed: 123 }, choice: 'auto', warnings: [] })
  })

  it('names the settings that a link leaves out', () => {
    expect(tellLink({ number: 3, notes: [] })).toMatch(/run 3 makes the same run again.*GPU.*CPU/)
    expect(tellLink({ number: 3, notes: ['started from a file', 'learning rate changed in mid-run'] })).toMatch(
      /not all.*: started from a file; learning rate changed in mid-run\.$/,
    )
  })

  it('says what becomes of settings that are used', () => {
    expect(tellUse('run 2', ['seed', 'learningRate'], false)).toMatch(/Train starts a run of them/)
    expect(tellUse('run 2', ['learningRate'], true)).toMatch(/Train starts a run of them/)
    expect(tellUse('run 2', ['learningRate', 'epochs'], false)).toMatch(/present run.*learning rate and epochs\.$/)
    expect(tellUse('run 2', [], false)).toBe('The present run has the settings of run 2.')
  })

  it('names the differences', () => {
    const other: Spec = { ...spec, seed: 2, optimizer: { type: 'sgd', weightDecay: 0 } }
    expect(differences([spec, spec])).toEqual([])
    expect(differences([spec, other, spec])).toMatchObject([
      { name: 'Optimizer', values: [expect.stringContaining('adam'), 'sgd, weightDecay 0', expect.anything()] },
      { name: 'Seed', values: ['1', '2', '1'] },
    ])
    const layers = spec.layers.map((layer, at): LayerSpec =>
      at === 0 ? ({ ...layer, frozen: true } as LayerSpec) : layer,
    )
    expect(differences([spec, { ...spec, layers }])).toMatchObject([
      { name: 'Layers', values: [expect.not.stringContaining('frozen'), expect.stringMatching(/bias yes, frozen; /)] },
    ])
    expect(differences([spec, { ...spec, trainingSize: 2500, seed: 1234 }])).toMatchObject([
      { name: 'Seed', values: ['1', '1234'] }, // a name, no count
      { name: 'Training images', values: ['60,000', '2,500'] },
    ])
  })
})
