// Options of the program that measures without a browser.

import { parse } from '../../../src/cli/options'
import { listOf } from '../options'
import { goals, partsOf, quick, whole, type Amount, type Part } from './parts'

const names = partsOf(whole).map(({ name }) => name)

export const help = `Measures Inkling on the Vulkan driver of this machine, without a browser, through Dawn (the WebGPU of Chromium).

  DIR/run [options]                        in a folder that npm run bench -- --pack DIR has made
  npm run bench -- --node [options]        where Inkling is

  --quick            less of everything, for trying: a tenth of the kernel tests, one CNN preset, half a minute a run
  --only LIST        of these, beside the device: ${names.slice(1).join(', ')}
  --json FILE        where the results go as JSON; results.json beside run unless given, nowhere with --node
  --help             prints this

It prints the adapter, the tests of every kernel and variant against its reference, the device's measured ceilings, images/s of W1 to W4 and of
the CNN presets, seconds to ${goals.join('/')}% of the test set with the presets default and best (cut after ten minutes each), and time, GFLOP/s and
GB/s of every kernel. Progress goes to stderr. Each part has a process of its own, so that one that fails leaves the others alone.

VK_ICD_FILENAMES=FILE.json names a Vulkan driver that lies in no usual place. TMPDIR names a folder with 200 MB for what run unpacks, in place of /tmp.
Exit codes: 0 all measured, 1 something failed (no adapter, a kernel test, a part), 2 wrong options, 130 interrupted.`

export interface NodeOptions {
  readonly help: boolean
  readonly amount: Amount
  readonly parts: readonly Part[]
  readonly json: string | undefined
}

/** @throws UsageError */
export function nodeOptionsOf(args: string[]): NodeOptions {
  const flag = { type: 'boolean', default: false } as const
  const given = parse(args, { quick: flag, only: { type: 'string' }, json: { type: 'string' }, help: flag })
  const amount = given.quick ? quick : whole
  const [device, ...others] = partsOf(given.only === undefined ? amount : whole)
  const only = listOf(
    'only',
    given.only,
    others.map(({ name }) => name),
  )
  return {
    help: given.help,
    amount,
    parts: [device, ...others.filter(({ name }) => only.includes(name))],
    json: given.json,
  }
}
