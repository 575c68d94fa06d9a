// Where a person chooses what is learnt: a data set of the program, points in the plane, or data of their own.

import { datasetOf } from '../../datasets'
import type { Dataset } from '../../datasets/dataset'
import { findPreset, presetsFor } from '../../model/presets'
import type { Draft } from '../spec/draft.svelte'
import type { PathedFile } from './own/dropped'
import type { OwnSets } from './own/own-sets.svelte'

/** What the desk shows: the choices, pictures in the making, or files that were brought. */
export type DeskView = 'choose' | 'make' | 'bring'

export class DataDesk {
  /** Undefined while it is closed. */
  view = $state<DeskView>()
  /** Files that were brought, until the desk has taken them. */
  files = $state.raw<readonly PathedFile[]>([])
  /** A data set of one's own whose pictures are to be changed. */
  changing = $state.raw<Dataset>()

  constructor(
    readonly sets: OwnSets,
    private readonly draft: Draft,
  ) {}

  show(view: DeskView = 'choose'): void {
    this.changing = undefined
    this.view = view
  }

  /** Shows what files hold. */
  bring(files: readonly PathedFile[]): void {
    this.files = files
    this.view = 'bring'
  }

  /** Opens the pictures of a data set of one's own for changes. */
  change(dataset: Dataset): void {
    this.changing = dataset
    this.view = 'make'
  }

  close(): void {
    this.view = undefined
    this.files = []
    this.changing = undefined
  }

  /** Learns from a changed data set with the settings that stand: it has the classes and the sizes of the one before. */
  follow(dataset: Dataset): void {
    this.close()
    const { spec } = this.draft
    const { train } = datasetOf(spec)
    const all = spec.trainingSize + spec.validationSize === train
    this.draft.replace({
      ...spec,
      dataset: dataset.id,
      trainingSize: all ? dataset.train - spec.validationSize : Math.min(spec.trainingSize, dataset.train),
    })
  }

  /** Learns from a data set, with its preset of the present one's name. Its first takes the place of another set's first. */
  choose(dataset: Dataset): void {
    this.close()
    const { spec, preset } = this.draft
    if (dataset.id === spec.dataset) return
    const usual = preset === undefined || preset === presetsFor(datasetOf(spec))[0]
    const like = (usual ? undefined : findPreset(preset.name, dataset)) ?? presetsFor(dataset)[0]
    this.draft.replace(like.spec)
  }
}
