// Golden values from PyTorch (tests/golden/make.py): ten training steps on the reference kernels in float64.

import { describe, expect, it } from 'vitest'
import { isTrained } from '../src/model/layers/layer'
import { rateAt, type Schedule } from '../src/model/schedules'
import { parseSpec } from '../src/model/spec'
import { inFloat64, placesOf } from './float64'
import golden from './golden/golden.json'
import { PIXELS } from './tiny-digits'

const EXAMPLES = 12

// The formulas of make.py.
const data = {
  examples: EXAMPLES,
  byte: (example: number, pixel: number) =>
    (example + pixel) % 3 ? (example * 7919 + pixel * 104729 + ((example * pixel) % 251) * 31) % 256 : 0,
  label: (example: number) => (example * 3) % 10,
}
const firstValue = (stream: number, index: number) => 0.1 * Math.sin(1.3 * index + 2.1 * stream)

/** Everything is float64 but the constants 0.9, 0.999 and so on, which are the same numbers on both sides. */
const DIGITS = 9

describe.each(golden.runs.map((entry) => [entry.name, entry] as const))(
  '%s',
  (_, { spec: json, losses, evaluation, parameters }) => {
    it('goes as in PyTorch', () => {
      const spec = parseSpec(json)
      const { model, array, calls, evaluate } = inFloat64(spec, data)
      const valuesOf = ({ role }: (typeof model.parameters)[number]) =>
        array(role === 'running' ? model.buffers.running : model.buffers.parameters)
      model.parameters.forEach((parameter, stream) => {
        if (!isTrained(parameter.role)) return
        const values = valuesOf(parameter)
        placesOf(parameter).forEach((at, i) => (values[at] = firstValue(stream, i)))
      })
      if (spec.input === 'standardised') standardise(array(model.buffers.statistics))

      for (const expected of losses) {
        const step = array(model.buffers.state)[0]
        calls.forEach((call) => call())
        expect(array(model.buffers.history)[2 * step] / EXAMPLES).toBeCloseTo(expected, DIGITS)
      }
      model.parameters.forEach((parameter, stream) => {
        const places = placesOf(parameter)
        const values = valuesOf(parameter)
        const expected = parameters[stream]
        for (const [i, value] of Object.entries(expected.values)) {
          expect(values[places[Number(i)]], `${parameter.name}[${i}]`).toBeCloseTo(value as number, DIGITS)
        }
        expect(places.reduce((sum, at) => sum + values[at], 0)).toBeCloseTo(expected.sum, DIGITS - 2)
        expect(places.reduce((sum, at) => sum + values[at] ** 2, 0)).toBeCloseTo(expected.squares, DIGITS - 2)
      })

      evaluate.forEach((call) => call())
      const [loss, hits] = array(model.test.history)
      expect(loss / EXAMPLES).toBeCloseTo(evaluation.loss, DIGITS)
      expect(hits).toBe(evaluation.hits)
    })
  },
)

describe.each(golden.schedules.map((entry) => [JSON.stringify(entry.schedule), entry] as const))(
  'schedule %s',
  (_, { schedule, epochs, stepsPerEpoch, rate, rates }) => {
    it('goes as in PyTorch', () => {
      rates.forEach((expected, step) => {
        const moment = { step, steps: epochs * stepsPerEpoch, stepsPerEpoch }
        expect(rateAt(rate, schedule as Schedule, moment), `step ${step}`).toBeCloseTo(expected, 12)
      })
    })
  },
)

/** Mean and scale of every pixel over the data, by definition; a pixel that never changes is divided by 1. */
function standardise(statistics: { [at: number]: number }) {
  for (let p = 0; p < PIXELS; p++) {
    const values = Array.from({ length: EXAMPLES }, (_, example) => data.byte(example, p) / 255)
    const mean = values.reduce((a, b) => a + b) / EXAMPLES
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / EXAMPLES)
    statistics[p] = mean
    statistics[PIXELS + p] = 1 / (deviation || 1)
  }
}
