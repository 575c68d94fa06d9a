// The whole contract between the page and the worker: commands (a Comlink interface) and events.

import type { Remote } from 'comlink'
import type { DeviceInfo } from '../backends/types'
import type { Dataset } from '../datasets/dataset'
import type { Example } from '../model/examples'
import type { InputStatistics } from '../model/initialise'
import type { Learnt } from '../model/parameters'
import type { Spec } from '../model/spec'
import type { FineTuning, LabelledDrawing } from './answers/fine-tuning'
import type { ResultsListener } from './answers/images'
import type { InspectionKind, Inspections } from './answers/inspections'

// Requests and answers of single commands; import them from here.
export type { RunList } from '../kernels/plan'
export type * from './answers/calls'
export type * from './answers/fine-tuning'
export type * from './answers/health'
export type * from './answers/images'
export type * from './answers/inspections'
export type * from './answers/look'
export type * from './answers/surface'
export type * from './answers/walk'
export type * from './answers/parity'

/** Choices of a backend. `auto` takes the CPU, or WebGPU on a real adapter if that is faster for the run: the two race when it is made. */
export const backendChoices = ['auto', 'webgpu', 'wasm', 'reference'] as const
export type BackendChoice = (typeof backendChoices)[number]

/**
 * Where a run stands. `idle`: at step 0. `lost`: the device was lost; Resume goes on from the last snapshot. `diverged`: its numbers
 * are not finite; it can only go back (`recover`) or be replaced.
 */
export type Phase = 'idle' | 'running' | 'paused' | 'finished' | 'lost' | 'diverged'

/**
 * Commands. Each resolves when it has taken effect. Errors are reported as `problem` events, not as rejections. An argument that makes
 * no sense (an image of another size, a test image that does not exist) is the caller's mistake: it rejects with a RangeError.
 */
export interface Session {
  /** Tells of a data set of a person's own, before a spec names it: what it is, not its examples. */
  addDataset(dataset: Dataset): Promise<void>
  /** Sets the receiver of all events, which come in order. Call it once, first. */
  listen(listener: (event: SessionEvent) => void): Promise<void>
  /**
   * Opens a backend and streams a data set onto it. Keeps the run, from its last snapshot. Also retries after a failed
   * download. `data`: absolute URL of the folder with the data files; `dataset`: id of the set to load at once, by default MNIST.
   * Other sets are loaded when a spec names them.
   */
  open(choice: BackendChoice, data: string, dataset?: string): Promise<void>
  /**
   * Ends a race of backends under way: the graphics card trains, where it can. Train and Step do so too. Does nothing without one.
   */
  endRace(): Promise<void>
  /** Races the backends again for the present run, if Auto chose one by a race. The run goes on where it stands, on the faster one. */
  raceAgain(): Promise<void>
  /** Stops reading the data set; a `data` problem says so and offers Retry. */
  abortData(): Promise<void>
  /**
   * Replaces the run by a fresh one at step 0; the same spec gives the same start. False if it cannot be made: the old
   * run then stays, and a `run` problem says why, or a `data` problem if its data set did not load. A newer reset supersedes an older
   * one at once, even while that loads another data set; both then resolve as the newer does.
   */
  reset(spec: Spec): Promise<boolean>
  /** Starts or resumes; waits for the data if need be. Does nothing if the run is running or finished. */
  train(): Promise<void>
  /** Takes effect at the end of the steps under way: within 100 ms, unless a single step takes longer. */
  pause(): Promise<void>
  /** One batch, then paused. */
  step(): Promise<void>
  /**
   * Gives up what was asked for and is not done: steps, with the network then as it was before the batch (a GPU completes the batch),
   * and a run that is being made, where the old one stays. The commands that asked for these resolve.
   */
  stop(): Promise<void>
  /** Evaluates the paused network if it has changed since the last evaluation. Does nothing if the run has diverged. */
  evaluate(): Promise<void>
  /**
   * Evaluates the network of a run that rests, at step 0 or paused, in the background, if it has changed since the last evaluation. Nothing
   * comes of it if the run is stepped or paused meanwhile, or started; at step 0, where it takes but a moment, training waits for it.
   */
  evaluateAtRest(): Promise<void>
  /** Changes settings that may change in mid-run. */
  adjust(settings: Adjustable): Promise<void>
  /**
   * Takes a diverged run back to the snapshot that the problem named, and trains on from there with this learning rate:
   * the same numbers as a run that changes to it at that step. False if the present run has not diverged, has gone back
   * already, or cannot be prepared.
   */
  recover(learningRate: number): Promise<boolean>
  /**
   * Runs an example of the run's data set through the newest parameters; an image as bytes (0 paper, 255 ink). Undefined before a run is
   * ready, and if an output is not finite. @throws RangeError if it is no such example
   */
  predict(example: Example): Promise<Prediction | undefined>
  /**
   * Sends the listener the answers for every example of the test set: once at the present step (dropped if the run is
   * started, stepped or paused meanwhile), and after each evaluation. Sends `undefined` when another run, or the same on another device,
   * replaces the present one. There is one listener at a time; without one this ends, and costs nothing.
   */
  watchResults(listener?: ResultsListener): Promise<void>
  /**
   * Trains the present network for a few seconds on a mix of these drawings, synthetic ones and the training set. Pauses the run first;
   * its step stays. Undefined without a network, and after an error, which a `problem` event reports.
   */
  fineTune(drawings: readonly LabelledDrawing[]): Promise<FineTuning | undefined>
  /** Restores the network from before the last fine-tuning. False if there is none. */
  undoFineTuning(): Promise<boolean>
  /**
   * The run at its present step, between two steps; training goes on. Of a diverged run, the snapshot to go back to, so that every
   * checkpoint is finite. Undefined if there is none.
   */
  checkpoint(): Promise<Checkpoint | undefined>
  /**
   * Replaces the run by a paused one that goes on from a checkpoint; `reset` reports its step. False if it does not fit or cannot be
   * made: the old run then stays, and a `run` problem says why.
   */
  restore(checkpoint: Checkpoint): Promise<boolean>
  /**
   * Replaces the run by a fresh one that starts from what a network has learnt, and evaluates it. `statistics`: those that it standardises its
   * inputs with, if it does; by default those of the training examples. False as with `restore`.
   */
  load(spec: Spec, learnt: Learnt, statistics?: InputStatistics): Promise<boolean>
  /**
   * Replaces the run by a fresh one whose first layers start from the network of a checkpoint, as many as fit (see layersKept in
   * model/transfer.ts), and evaluates it. Standardised inputs stay as they were for that network, so that its layers see what they know.
   * Resolves to how many layers were taken; undefined as with `restore`, also if none fits.
   */
  startFrom(spec: Spec, from: Checkpoint): Promise<number | undefined>
  /**
   * Inspects the run without changing it: see Inspections.
   * @throws RangeError if the request makes no sense
   */
  inspect<Kind extends InspectionKind>(
    kind: Kind,
    ...request: Parameters<Inspections[Kind]>
  ): Promise<ReturnType<Inspections[Kind]>>
  /** Ends an inspection: frees what answering it keeps on the device. */
  endInspection(kind: InspectionKind): Promise<void>
  /** Buffers alive on the device. */
  memory(): Promise<{ buffers: number; bytes: number }>
  /** Destroys the device as a loss would, to show and test the recovery. Does nothing without a device. */
  loseDevice(): Promise<void>
}

/** A session in a worker. Comlink's type of a generic command does not tie the answer to the request; this one does. */
export type RemoteSession = Omit<Remote<Session>, 'inspect'> & Pick<Session, 'inspect'>

/** Everything needed to go on from a step: the contents of the model's snapshot buffers. */
export interface Snapshot {
  readonly step: number
  /** Seconds trained so far. */
  readonly seconds: number
  /** State of the test set at this step: evaluated; due (its evaluation has begun, without a known result); or neither. */
  readonly evaluation: 'done' | 'due' | 'none'
  readonly buffers: readonly (Float32Array | Uint32Array)[]
  /** What standardised inputs are standardised with. Older snapshots lack it: it is then that of the training examples. */
  readonly statistics?: InputStatistics
}

/** A run that can go on elsewhere, with the same numbers as if it had never stopped. */
export interface Checkpoint {
  /** With the settings adjusted in mid-run. */
  readonly spec: Spec
  readonly snapshot: Snapshot
  /** Names of the snapshot's buffers, in order, to check that they fit the network. */
  readonly buffers: readonly string[]
}

/** Fields of a spec that can change without a new run. */
export type Adjustable = Pick<Spec, 'learningRate' | 'epochs' | 'evaluateEvery'>

/** A network's answer for an example. */
export interface Prediction {
  /** One value a class: softmax probabilities; under the quadratic loss, the outputs. */
  readonly outputs: readonly number[]
  /** Class of the largest output. */
  readonly label: number
  /** Step whose parameters were used. */
  readonly step: number
}

/** The predicted class of an example with an output that is not finite. */
export const NO_ANSWER = 255

/** Bins of gradients: half-widths are powers of two, from 2 ** lowest to 2 ** highest, each 2 ** width times the last. */
export const gradientBins = { lowest: -30, highest: 4, width: 2 } as const

/** Bins of equal width that parameters are counted in, and most pictures of first-layer weights in an answer. */
export const PARAMETER_BINS = 40
export const MOST_PICTURES = 32

/**
 * Where a run comes from: its spec alone, a network in a file, layers of another network (`transfer`), a checkpoint, or the same run at an
 * earlier step, to which it went back after it diverged, with another learning rate.
 */
export type Origin = 'fresh' | 'file' | 'transfer' | 'checkpoint' | 'recovery'

/** A point of a curve over steps. Loss is a mean per example, accuracy a share from 0 to 1. */
export interface CurvePoint {
  readonly step: number
  readonly loss: number
  readonly accuracy: number
}

export type SessionEvent =
  /** A backend is ready; `reason` says why it was chosen, in a sentence. `races`: Auto chooses between two by a race. */
  | { readonly type: 'device'; readonly device: DeviceInfo; readonly reason: string; readonly races: boolean }
  /** Progress of loading the data set, in bytes: 0 of 0 when loading starts. `ready`: everything is checked and on the device; false again when the device is lost. */
  | {
      readonly type: 'data'
      /** Id of the data set. */
      readonly dataset: string
      readonly loaded: number
      readonly total: number
      readonly ready: boolean
    }
  /**
   * A run is ready at `step`. Old curves end; in a recovery only their points after `step` do.
   * `stepsPerEpoch` may be a fraction: a batch may run on into the next epoch.
   */
  | {
      readonly type: 'reset'
      readonly spec: Spec
      readonly origin: Origin
      readonly step: number
      readonly stepsPerEpoch: number
    }
  /** The same run is on another device, at the step of its last snapshot. Points after that step go. */
  | { readonly type: 'rewind'; readonly step: number }
  | { readonly type: 'progress'; readonly progress: Progress }
  /** New points of the training curve, oldest first: means over the steps since the last point, at a pause over some more. */
  | { readonly type: 'train'; readonly points: readonly CurvePoint[] }
  /** The test set, evaluated after `step`. */
  | { readonly type: 'test'; readonly point: CurvePoint }
  /** The held-out training images, if the spec holds some out, evaluated after `step`. */
  | { readonly type: 'validation'; readonly point: CurvePoint }
  | { readonly type: 'problem'; readonly problem: Problem }

/** Sent at every change of phase and about 20 times a second while running. */
export interface Progress {
  readonly phase: Phase
  /** Steps with known results, and steps in the whole run. */
  readonly step: number
  readonly steps: number
  /** Examples seen divided by examples in the training set; a whole number after each epoch. */
  readonly epoch: number
  /** Over about the last second while running, else over the whole run; 0 before the first step. */
  readonly imagesPerSecond: number
  /** Seconds spent training, pauses left out. */
  readonly seconds: number
  /** Seconds to the end at the present speed; undefined while unknown. */
  readonly secondsLeft: number | undefined
}

/** A report for the person. The message says what is wrong and what to do. */
export type Problem =
  | {
      /** `data`: not loaded, Retry opens again. `backend`: another one is used. `device-lost`: Resume goes on. `run`: stopped. */
      readonly kind: 'data' | 'backend' | 'device-lost' | 'run'
      readonly message: string
      /** Another attempt cannot help: the build does not have the data set. */
      readonly lasting?: boolean
    }
  | Divergence

/** A run that is not finite any more. Reported at once, and again when the place is found or the search ends. */
export interface Divergence extends Place {
  readonly kind: 'diverged'
  readonly message: string
  /** The search for the place goes on. Until it ends, this is where the failure showed, not where it began. */
  readonly searching: boolean
  /** The snapshot that `recover` goes back to: the last finite one that had learnt something, else the first. */
  readonly snapshotStep: number
  /** The rate to try next: a tenth of the present learning rate. */
  readonly learningRate: number
}

/** Where a value is not finite. */
export interface Place {
  /** The training step that computed it, counted from 1; of an evaluation, the step that it follows. */
  readonly step: number
  /** Number of the layer, from 0; undefined for a loss, the inputs or the norm of the whole gradient. */
  readonly layer: number | undefined
  /**
   * `output`: of the layer's forward pass, running statistics included. `gradient`: of the layer's parameters or inputs. `update`: the
   * optimizer's step. `norm`: of the whole gradient, if the spec clips it. `network`: parameters, when and where is unknown.
   */
  readonly what:
    'inputs' | 'output' | 'loss' | 'gradient' | 'norm' | 'update' | 'network' | 'test loss' | 'validation loss'
}
