// Installs Deno, whose WebGPU is wgpu, where it is missing.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say } from './shell.mjs'
import { softwareVulkan } from './vulkan.mjs'

/** The npm package that has the program. */
const DENO = 'deno@2.9.6'
const FOLDER = join(root, 'node_modules/.cache/inkling', DENO)

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
  return { deno, env: await softwareVulkan() }
}
