// Line charts of a run over its epochs: its curves, a cursor on them, colours from the page's theme.

import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type ChartConfiguration,
  type Plugin,
} from 'chart.js'
import { MediaQuery } from 'svelte/reactivity'
import type { Attachment } from 'svelte/attachments'
import type { CurveName } from '../../session/run-view'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale)

interface XY {
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
  /** Parts of the curves below the axis are cut; otherwise no point is. */
  readonly zoomed: boolean
}

/** The epoch under the cursor, and the points that are read out there, in the order of the curves drawn. */
export interface Cursor {
  readonly epoch: number
  readonly points: readonly (XY & { readonly curve: CurveName })[]
}

/** What of a chart stays the same. */
export interface ChartStyle {
  readonly scale: 'linear' | 'logarithmic'
  /** Values with a tick on an axis from its lower end to 1; by default the library chooses. */
  readonly ticks?: (low: number) => readonly number[]
  /** A value on an axis that spans this many decades; an empty text leaves the tick out. */
  readonly tick: (value: number, decades: number) => string | undefined
}

/** The curves from front to back, each with a colour of the page's theme and its line style; dashes are for forced colours, which are few. */
const looks = [
  { curve: 'test', colour: '--accent', borderWidth: 2, pointRadius: 3, dash: [] },
  { curve: 'validation', colour: '--second', borderWidth: 2, pointRadius: 3, pointStyle: 'rectRot', dash: [2, 3] },
  { curve: 'train', colour: '--edge', borderWidth: 1.5, pointRadius: 0, dash: [7, 3] },
] as const

/** Colours of the curves of other runs. */
const otherColours = ['--other-1', '--other-2', '--other-3', '--other-4'] as const

/** Dashes of the grid in forced colours. */
const GRID_DASH = [1, 4]

/** Milliseconds between two drawings: a chart costs some milliseconds, and nobody reads it faster. */
const INTERVAL = 100

const dark = new MediaQuery('prefers-color-scheme: dark')
const forced = new MediaQuery('forced-colors: active')

/**
 * Attaches a chart to a canvas and keeps it up to date, at most ten times a second. `point` is told the epoch that the pointer is at,
 * and undefined when it leaves.
 */
export function lineChart(
  style: ChartStyle,
  view: () => ChartView,
  cursor: () => Cursor | undefined,
  point: (epoch: number | undefined) => void,
): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let marked: Cursor | undefined
    const chart = new Chart(
      canvas,
      configuration(style, () => marked),
    )
    let timer: ReturnType<typeof setTimeout> | undefined
    let drawn = -INTERVAL
    $effect(() => {
      void [dark.current, forced.current]
      const { epochs, low, high, zoomed, others, ...curves } = view()
      clearTimeout(timer)
      const draw = () => {
        drawn = performance.now()
        looks.forEach(({ curve }, i) => (chart.data.datasets[i].data = [...curves[curve]]))
        chart.data.datasets.length = looks.length
        for (const { name, points } of others) {
          chart.data.datasets.push({ ...common, ...otherLook, label: name, data: [...points] })
        }
        for (const dataset of chart.data.datasets) dataset.clip = zoomed ? cutBelow : uncut
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
    $effect(() => {
      marked = cursor()
      chart.draw()
    })
    const follow = ({ offsetX }: PointerEvent) => point(chart.scales.x.getValueForPixel(offsetX))
    const leave = () => point(undefined)
    canvas.addEventListener('pointermove', follow)
    canvas.addEventListener('pointerdown', follow)
    canvas.addEventListener('pointerleave', leave)
    return () => {
      clearTimeout(timer)
      chart.destroy()
    }
  }
}

// Points at the edges stay whole. On a zoomed axis a climb from below is cut.
const uncut = { left: 6, top: 6, right: 6, bottom: 6 }
const cutBelow = { ...uncut, bottom: 0 }
const common = { borderJoinStyle: 'round', parsing: false, clip: uncut } as const
const otherLook = { borderWidth: 1.5, borderDash: [5, 3], pointRadius: 0 }

/** Draws a line at the cursor, and a ring around each point that is read out. */
const cursorLine = (marked: () => Cursor | undefined): Plugin<'line'> => ({
  id: 'cursor',
  afterDatasetsDraw: ({ ctx, canvas, scales, chartArea }) => {
    const cursor = marked()
    if (!cursor) return
    const style = getComputedStyle(canvas)
    ctx.save()
    ctx.strokeStyle = style.getPropertyValue('--soft')
    ctx.lineWidth = 1
    const x = scales.x.getPixelForValue(cursor.epoch)
    ctx.beginPath()
    ctx.moveTo(x, chartArea.top)
    ctx.lineTo(x, chartArea.bottom)
    ctx.stroke()
    ctx.fillStyle = style.getPropertyValue('--sheet')
    ctx.lineWidth = 2
    for (const point of cursor.points) {
      const y = scales.y.getPixelForValue(point.y)
      if (!(y <= chartArea.bottom + 1)) continue
      ctx.strokeStyle = style.getPropertyValue(looks.find(({ curve }) => curve === point.curve)?.colour ?? '--ink')
      ctx.beginPath()
      ctx.arc(scales.x.getPixelForValue(point.x), y, 4.5, 0, 2 * Math.PI)
      ctx.fill()
      ctx.stroke()
    }
    ctx.restore()
  },
})

function configuration(
  { scale, ticks, tick }: ChartStyle,
  marked: () => Cursor | undefined,
): ChartConfiguration<'line', XY[]> {
  return {
    type: 'line',
    data: {
      datasets: looks.map(({ curve: label, colour: _, dash: __, ...look }) => ({
        ...common,
        ...look,
        label,
        data: [],
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 8, right: 8 } },
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
          afterBuildTicks: (axis) => {
            if (ticks) axis.ticks = ticks(axis.min).map((value) => ({ value }))
          },
          ticks: {
            maxTicksLimit: 6,
            autoSkip: false,
            callback: (value, _, ticks) =>
              tick(Number(value), Math.log10(ticks[ticks.length - 1].value / ticks[0].value)),
          },
        },
      },
    },
    plugins: [cursorLine(marked)],
  }
}

/** Reads the colours of the theme. */
function paint(chart: Chart<'line', XY[]>, canvas: HTMLCanvasElement): void {
  const style = getComputedStyle(canvas)
  const colour = (name: string) => style.getPropertyValue(name)
  const names = [...looks.map((look) => look.colour), ...otherColours]
  chart.data.datasets.forEach((dataset, i) =>
    Object.assign(dataset, {
      borderColor: colour(names[i]),
      backgroundColor: colour(names[i]),
      ...(i < looks.length && { borderDash: forced.current ? looks[i].dash : [] }),
    }),
  )
  const { scales } = chart.options
  for (const axis of [scales?.x, scales?.y]) {
    Object.assign(axis?.grid ?? {}, { color: colour('--line') })
    Object.assign(axis?.border ?? {}, { dash: forced.current ? GRID_DASH : [] })
    Object.assign(axis?.ticks ?? {}, { color: colour('--soft'), font: { family: style.fontFamily, size: 12 } })
  }
}
