// The panels that people open to look inside: their names, and their code, which is loaded on opening.

import type { Component } from 'svelte'
import type { RemoteSession } from '../../session/protocol'
import type { Drawing } from '../drawing/drawing.svelte'
import type { TestExamples } from '../drawing/test-examples.svelte'
import type { Advice } from '../run/advice.svelte'
import type { LiveRun } from '../run/live-run.svelte'
import type { Opening } from '../saved/opening.svelte'
import type { Runs } from '../saved/runs.svelte'
import type { Draft } from '../spec/draft.svelte'

/** Everything that a panel may get; each declares what it takes. */
export interface PanelParts {
  readonly session: RemoteSession
  readonly run: LiveRun
  readonly draft: Draft
  readonly drawing: Drawing
  readonly examples: TestExamples
  readonly runs: Runs
  readonly opening: Opening
  readonly advice: Advice
}

/** Exists while its panel is open, and does work only then. */
export type PanelComponent = Component<PanelParts>

export interface Panel {
  /** Name in the page's address, to open the panel with the page: `#network`. */
  readonly id: string
  readonly title: string
  /** Its content, in a line. */
  readonly words: string
  readonly load: () => Promise<{ readonly default: PanelComponent }>
}

/** In the order of the page. */
export const panels: readonly Panel[] = [
  {
    id: 'network',
    title: 'Network',
    words: 'Every neuron for what the network reads now, what it adds up, and which inputs speak for what.',
    load: () => import('./network/NetworkPanel.svelte'),
  },
  {
    id: 'results',
    title: 'Results',
    words: 'Which classes it takes for which, its worst mistakes, and whether it is as sure as it is right.',
    load: () => import('./results/ResultsPanel.svelte'),
  },
  {
    id: 'health',
    title: 'Health',
    words: 'Weights and gradients of every layer while it learns, and units that have died.',
    load: () => import('./health/HealthPanel.svelte'),
  },
  {
    id: 'kernels',
    title: 'Kernels',
    words: 'What the device does in a step, how long each part takes, and whether GPU and CPU agree.',
    load: () => import('./kernels/KernelsPanel.svelte'),
  },
  {
    id: 'runs',
    title: 'Runs',
    words: 'Past runs to compare: their curves, what differs, and links that make them again.',
    load: () => import('./runs/RunsPanel.svelte'),
  },
  {
    id: 'files',
    title: 'Take it with you',
    words: 'The network as a file: safetensors, ONNX, PyTorch, a page of its own; and files of it or of Keras to open.',
    load: () => import('./files/FilesPanel.svelte'),
  },
]
