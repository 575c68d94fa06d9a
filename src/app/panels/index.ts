// The tabs of the Network pane: their names, and their code, which is loaded when a person opens them.

import type { Component } from 'svelte'
import type { Dataset } from '../../datasets/dataset'
import type { RemoteSession } from '../../session/protocol'
import type { Drawing } from '../drawing/drawing.svelte'
import type { Explanation } from '../drawing/explanation.svelte'
import type { TestExamples } from '../drawing/test-examples.svelte'
import type { Advice } from '../run/advice.svelte'
import type { LiveRun } from '../run/live-run.svelte'
import type { Opening } from '../saved/opening.svelte'
import type { Runs } from '../saved/runs.svelte'
import type { EngineerPart, TabId, View } from '../view/view.svelte'
import type { Draft } from '../spec/draft.svelte'

/** Everything that a panel may get; each declares what it takes. */
export interface PanelParts {
  readonly session: RemoteSession
  readonly run: LiveRun
  readonly draft: Draft
  readonly drawing: Drawing
  readonly examples: TestExamples
  readonly explanation: Explanation
  readonly runs: Runs
  readonly opening: Opening
  readonly advice: Advice
  readonly view: View
}

/** Exists while its panel is open, and does work only then. */
type PanelComponent = Component<PanelParts>

/** Content of a tab. */
export interface Panel {
  /** Its content, in a line. */
  readonly words: string
  readonly load: () => Promise<{ readonly default: PanelComponent }>
}

/** Name of a tab. The first one is named by what is there: a pad, points in the plane, or examples to look at. */
export const tabTitle = (tab: TabId, { abilities, plane }: Pick<Dataset, 'abilities' | 'plane'>): string =>
  tab === 'draw' ? (abilities.draw ? 'Draw' : plane ? 'Points' : 'Look') : tabTitles[tab]

/** Names of the other tabs, in the order of the page. */
const tabTitles: Readonly<Record<Exclude<TabId, 'draw'>, string>> = {
  inside: 'Inside',
  mistakes: 'Mistakes',
  compare: 'Compare',
  engineer: 'Engineer',
  take: 'Take it with you',
}

export const panels: Readonly<Record<Exclude<TabId, 'draw' | 'engineer'> | EngineerPart, Panel>> = {
  inside: {
    words: 'Every neuron for what the network reads now. Point at one to see its sum.',
    load: () => import('./network/NetworkPanel.svelte'),
  },
  mistakes: {
    words: 'What it misreads, what it takes for what, and whether it is as sure as it is right.',
    load: () => import('./results/ResultsPanel.svelte'),
  },
  compare: {
    words: 'Past runs side by side: their curves, what differs, and links that make them again.',
    load: () => import('./runs/RunsPanel.svelte'),
  },
  health: {
    words: 'Weights and gradients of every layer while it learns, and units that have died.',
    load: () => import('./health/HealthPanel.svelte'),
  },
  kernels: {
    words: 'What the device does in a step, how long each part takes, and whether GPU and CPU agree.',
    load: () => import('./kernels/KernelsPanel.svelte'),
  },
  take: {
    words: 'The network as a file: safetensors, ONNX, PyTorch, a page of its own; and files of it or of Keras to open.',
    load: () => import('./files/FilesPanel.svelte'),
  },
}
