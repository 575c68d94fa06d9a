// Gets the npm package webgpu for `--node`, in a place of its own.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DAWN, installDawn } from '../../src/cli/dawn'
import { Failure, messageOf } from '../../src/cli/errors'

const FOLDER = resolve('node_modules/.cache/inkling/dawn')

/** Installs the package unless it is there. @throws Failure */
export function downloadDawn(): void {
  if (existsSync(`${FOLDER}/node_modules/webgpu`)) return
  console.error(`Installing ${DAWN} (51 MB) into ${FOLDER}.`)
  try {
    const args = ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', DAWN]
    execFileSync('npm', args, { stdio: ['ignore', 2, 'inherit'], shell: process.platform === 'win32' })
  } catch (error) {
    throw new Failure(`${DAWN} could not be installed: ${messageOf(error)}`)
  }
}

/** Puts its WebGPU where a browser has it. */
export async function provideDawn(): Promise<void> {
  const path = createRequire(`${FOLDER}/`).resolve('webgpu')
  installDawn((await import(/* @vite-ignore */ pathToFileURL(path).href)) as typeof import('webgpu'))
}
