// Installs Deno, whose WebGPU is wgpu, and a Vulkan driver, where they are missing.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { aptInstall, root, run, say } from './shell.mjs'

/** The npm package that has the program. */
const DENO = 'deno@2.9.6'
const FOLDER = join(root, 'node_modules/.cache/inkling', DENO)
/** Where Vulkan drivers announce themselves on Linux. */
const DRIVERS = '/usr/share/vulkan/icd.d'

/**
 * Path of the script that starts Deno, and the environment of its WebGPU. Says what is missing and cannot be installed.
 * @returns {Promise<{ deno: string, env: Record<string, string> } | undefined>}
 */
export async function denoWithWebGPU() {
  const deno = join(FOLDER, 'node_modules/deno/bin.cjs')
  if (!existsSync(deno)) {
    say(`Installing ${DENO} (about 90 MB) into ${FOLDER}.`)
    const install = ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', DENO]
    await run('npm', install, { shell: process.platform === 'win32' })
  }
  if (!existsSync(deno)) {
    console.error(
      `This needs ${DENO} from npm, and it could not be installed. Is there a connection to npm's registry?`,
    )
    return undefined
  }
  if (process.platform === 'linux' && drivers().length === 0) {
    say('Not found: a Vulkan driver.')
    await aptInstall(['mesa-vulkan-drivers'], ['--no-install-recommends'])
  }
  // Mesa's driver for the CPU, where there is one: the same on every machine, whatever its graphics processor.
  const software = drivers().find((name) => name.startsWith('lvp_icd'))
  return { deno, env: software ? { VK_ICD_FILENAMES: join(DRIVERS, software) } : {} }
}

const drivers = () => (existsSync(DRIVERS) ? readdirSync(DRIVERS) : [])
