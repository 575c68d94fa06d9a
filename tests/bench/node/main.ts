// Measures without a browser: `npm run bench -- --node`, and the program that a pack runs elsewhere.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../../src/cli/errors'
import { exitCodes, main } from '../../../src/cli/main'
import { machineLine, machineOf } from '../machine'
import { apart } from './apart'
import { help, nodeOptionsOf } from './options'
import type { PartResult } from './parts'
import { nodeReport, resultLine, succeeded } from './report'

/** How to get WebGPU on a machine that offers none. */
const DRIVERS = `Inkling needs a Vulkan driver here, and its loader, libvulkan.so.1.
  AMD, Intel     on Debian and Ubuntu: apt-get install mesa-vulkan-drivers
  NVIDIA         NVIDIA's own driver, and libvulkan1, libx11-6, libxext6; a container needs NVIDIA_DRIVER_CAPABILITIES=all
  elsewhere      VK_ICD_FILENAMES=FILE.json names a driver that lies in no usual place
vulkaninfo --summary (of vulkan-tools) lists the drivers that are found.`

await main(async (args, signal) => {
  const { help: wanted, amount, parts, json } = nodeOptionsOf(args)
  if (wanted) {
    console.log(help)
    return exitCodes.finished
  }
  const results: PartResult[] = []
  let machine = machineOf(undefined, 'none')
  let unsaved: string | undefined
  const save = () => {
    if (json === undefined) return
    try {
      writeFileSync(json, `${JSON.stringify({ machine, amount, results }, undefined, 2)}\n`)
      unsaved = undefined
    } catch (error) {
      unsaved = `The results could not be written as JSON: ${messageOf(error)}. --json FILE names another place.`
    }
  }
  const program = fileURLToPath(new URL('part.mjs', import.meta.url))
  for (const part of parts) {
    console.error(`${part.name} ...`)
    const result = await apart(program, { part, amount }, signal)
    results.push(result)
    console.error(resultLine(result))
    if (result.device) {
      const { adapter, software } = result.device
      machine = { ...machine, adapter: adapter + (software ? ' (software)' : '') }
    }
    save()
    if (signal.aborted) break
    if (part.kind === 'device' && !result.device) {
      console.error(`\n${DRIVERS}`)
      return exitCodes.failed
    }
  }
  console.log(`${machineLine(machine)}\n\n${nodeReport(results)}`)
  if (json !== undefined) console.error(`\n${unsaved ?? `The same as JSON: ${json}`}`)
  if (signal.aborted) return exitCodes.interrupted
  return unsaved === undefined && results.every(succeeded) ? exitCodes.finished : exitCodes.failed
})
