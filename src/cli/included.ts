// Trains the network that comes with the widgets, for their build (src/build/widgets.ts), and writes it to the given file.

import { writeFileSync } from 'node:fs'
import { mnist } from '../datasets'
import { writeNetwork } from '../formats/network'
import { writeSafetensors } from '../formats/safetensors'
import { presets } from '../model/presets'
import { trainingStatistics } from './data'
import { Failure, UsageError } from './errors'
import { exitCodes, main } from './main'
import { Runner } from './runner'

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** Mean and deviation of every pixel, which standardised inputs need. */
async function statistics(): Promise<Uint8Array> {
  const { mean, deviation } = await trainingStatistics(mnist)
  return writeSafetensors({
    tensors: Object.entries({ mean, deviation }).map(([name, values]) => ({ name, shape: [values.length], values })),
    metadata: {},
  })
}

await main(async ([path], signal) => {
  if (path === undefined) throw new UsageError('Which file?')
  const [{ spec }] = presets
  const runner = await Runner.open('wasm', mnist)
  const { outcome, message } = await runner.run(spec, { minutes: undefined, signal, evaluated: () => {} })
  if (outcome !== 'finished') throw new Failure(message ?? `The run ended: ${outcome}.`)
  const network = writeNetwork(await runner.network(spec), 'F16')
  writeFileSync(path, JSON.stringify({ network: base64(network), statistics: base64(await statistics()) }))
  return exitCodes.finished
})
