// What the page lives in, in a browser: the worker, the address, and what outlives the visit.

import { openKeptDatasets } from '../datasets/own/kept'
import { connect, dataFolder } from './run/session'
import type { Surroundings } from './playground.svelte'
import { isMarked } from './saved/mark'
import type { Fragment } from './view/view.svelte'
import { openDrawingStore } from './teaching/drawing-store'

/** `failed` is told of an error that nothing in the worker caught. */
export const surroundings = (failed: (message: string) => void): Surroundings => ({
  session: connect(failed),
  url: {
    data: dataFolder(),
    get search() {
      return location.search
    },
    replace: (query) => history.replaceState(history.state, '', `${location.pathname}${query}${location.hash}`),
  },
  stores: {
    drawings: openDrawingStore(),
    datasets: openKeptDatasets(),
    runs: async () => (await import('./saved/run-records')).openRunStore(),
    checkpoints: async () => (await import('./saved/checkpoint-store')).openCheckpointStore(),
    left: isMarked,
  },
})

/** The fragment of the address. */
export const fragment: Fragment = {
  get hash() {
    return location.hash
  },
  replace: (hash) => history.replaceState(history.state, '', `${location.pathname}${location.search}${hash}`),
}
