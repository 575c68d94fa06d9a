// Line charts of a run over its epochs: its curves, exact values on hover, colours from the page's theme.

import {
  Chart,
  Interaction,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type InteractionItem,
  type InteractionModeFunction,
} from 'chart.js'
import { MediaQuery } from 'svelte/reactivity'
import type { Attachment } from 'svelte/attachments'
import { sentence } from '../../ui/format'
import type { CurveName } from '../../session/run-view'

declare module 'chart.js' {
  interface InteractionModeMap {
    nearestOfEach: InteractionModeFunction
  }
}

/** The point of every curve nearest to the pointer: curves have points at different steps. */
Interaction.modes.nearestOfEach = (chart, event) =>
  chart.getSortedVisibleDatasetMetas().flatMap(({ data, index: datasetIndex }): InteractionItem[] => {
    if (data.length === 0) return []
    let index = 0
    data.forEach((element, i) => {
      if (Math.abs(element.x - (event.x ?? 0)) < Math.abs(data[index].x - (event.x ?? 0))) index = i
    })
    return [{ element: data[index], datasetIndex, index }]
  })

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip)

export interface XY {
  readonly x: number
  readonly y: number
}

/** What a chart shows. */
export interface ChartView extends Readonly<Record<CurveName, readonly XY[]>> {
  readonly epochs: number
  /** Curves of other runs, behind those of this one: at most as many as `otherColours` has colours. */
  readonly others: readonly { readonly name: string; readonly points: readonly XY[] }[]
  /** Ends of the vertical axis; by default they follow the data. */
  readonly low?: number
  readonly high?: number
}

/** Formats of a chart's values. */
export interface ChartStyle {
  readonly scale: 'linear' | 'logarithmic'
  /** A value in the tooltip. */
  readonly format: (value: number) => string
  /** The point of the whole curve nearest to an epoch, for the tooltip. */
  readonly exact: (curve: CurveName, epoch: number) => XY | undefined
  /** A value on an axis that spans this many decades; an empty text leaves the tick out. */
  readonly tick: (value: number, decades: number) => string | undefined
}

/** The curves from front to back, each with a colour of the page's theme and its line style. */
const looks = [
  { curve: 'test', colour: '--accent', borderWidth: 2, pointRadius: 3 },
  { curve: 'validation', colour: '--second', borderWidth: 2, pointRadius: 3, pointStyle: 'rectRot' },
  { curve: 'train', colour: '--edge', borderWidth: 1.5, pointRadius: 0 },
] as const

/** Colours of the curves of other runs. */
export const otherColours = ['--other-1', '--other-2', '--other-3', '--other-4'] as const

/** Milliseconds between two drawings: a chart costs some milliseconds, and nobody reads it faster. */
const INTERVAL = 100

const dark = new MediaQuery('prefers-color-scheme: dark')

/** Attaches a chart to a canvas and keeps it up to date, at most ten times a second. */
export function lineChart(style: ChartStyle, view: () => ChartView): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    const chart = new Chart(canvas, configuration(style))
    let timer: ReturnType<typeof setTimeout> | undefined
    let drawn = -INTERVAL
    $effect(() => {
      void dark.current
      const { epochs, low, high, others, ...curves } = view()
      clearTimeout(timer)
      const draw = () => {
        drawn = performance.now()
        looks.forEach(({ curve }, i) => (chart.data.datasets[i].data = [...curves[curve]]))
        chart.data.datasets.length = looks.length
        for (const { name, points } of others) {
          chart.data.datasets.push({ ...common, ...otherLook, label: name, data: [...points] })
        }
        paint(chart, canvas)
        const { x, y } = chart.options.scales ?? {}
        if (x) x.max = epochs
        // An axis that ends in mid-epoch has no tick there.
        if (x?.ticks) Object.assign(x.ticks, { includeBounds: Number.isInteger(epochs) })
        if (y) Object.assign(y, { min: low, max: high })
        chart.update()
      }
      timer = setTimeout(draw, drawn + INTERVAL - performance.now())
    })
    return () => {
      clearTimeout(timer)
      chart.destroy()
    }
  }
}

// Points at the top, left and right edge stay whole; a climb from below the axis is cut.
const clip = { left: 6, top: 6, right: 6, bottom: 0 }
const common = { borderJoinStyle: 'round', pointHoverRadius: 4, parsing: false, clip } as const
const otherLook = { borderWidth: 1.5, borderDash: [5, 3], pointRadius: 0 }

function configuration({ scale, format, exact, tick }: ChartStyle): ChartConfiguration<'line', XY[]> {
  return {
    type: 'line',
    data: {
      datasets: looks.map(({ curve, colour: _, ...look }) => ({
        ...common,
        ...look,
        label: sentence(curve),
        data: [],
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      normalized: true,
      interaction: { mode: 'nearestOfEach', intersect: false },
      layout: { padding: { top: 6, right: 6 } },
      scales: {
        x: {
          type: 'linear',
          min: 0,
          border: { display: false },
          grid: { display: false },
          ticks: {
            maxTicksLimit: 7,
            maxRotation: 0,
            callback: (value) => (value === 0 ? 'Epoch 0' : `${Number(value)}`),
          },
        },
        y: {
          type: scale,
          border: { display: false },
          afterFit: (axis) => (axis.width = 52),
          ticks: {
            maxTicksLimit: 6,
            autoSkip: scale === 'linear',
            callback: (value, _, ticks) =>
              tick(Number(value), Math.log10(ticks[ticks.length - 1].value / ticks[0].value)),
          },
        },
      },
      plugins: {
        tooltip: {
          multiKeyBackground: 'transparent',
          boxPadding: 4,
          boxWidth: 8,
          boxHeight: 8,
          callbacks: {
            // Curves have points at different steps, so each value names its own.
            title: () => '',
            label: ({ dataset, datasetIndex, parsed }) => {
              const own = looks.at(datasetIndex)
              const point = own ? exact(own.curve, parsed.x ?? 0) : { x: parsed.x ?? 0, y: parsed.y ?? 0 }
              return point && `${dataset.label} ${format(point.y)} at epoch ${point.x.toFixed(2)}`
            },
          },
        },
      },
    },
  }
}

/** Reads the colours of the theme. */
function paint(chart: Chart<'line', XY[]>, canvas: HTMLCanvasElement): void {
  const style = getComputedStyle(canvas)
  const colour = (name: string) => style.getPropertyValue(name)
  const names = [...looks.map((look) => look.colour), ...otherColours]
  chart.data.datasets.forEach((dataset, i) =>
    Object.assign(dataset, { borderColor: colour(names[i]), backgroundColor: colour(names[i]) }),
  )
  const { scales, plugins } = chart.options
  for (const axis of [scales?.x, scales?.y]) {
    Object.assign(axis?.grid ?? {}, { color: colour('--line') })
    Object.assign(axis?.ticks ?? {}, { color: colour('--soft'), font: { family: style.fontFamily, size: 12 } })
  }
  Object.assign(plugins?.tooltip ?? {}, {
    backgroundColor: colour('--ink'),
    bodyColor: colour('--paper'),
    bodyFont: { family: style.fontFamily, size: 12 },
  })
}
