// Gets the npm package webgpu for what measures without a browser, in a place of its own.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DAWN } from '../../src/cli/dawn'
import { Failure, messageOf } from '../../src/cli/errors'

const FOLDER = resolve('node_modules/.cache/inkling/dawn')

/** Where a program must be built to find it. */
export const besideDawn = join(FOLDER, 'program')

/** Installs the package unless it is there, and returns its folder. @throws Failure */
export function downloadDawn(): string {
  const installed = join(FOLDER, 'node_modules/webgpu')
  if (existsSync(installed)) return installed
  console.error(`Installing ${DAWN} (a download of 51 MB, 138 MB on disk) into ${FOLDER}.`)
  try {
    const args = ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', DAWN]
    execFileSync('npm', args, { stdio: ['ignore', 2, 'inherit'], shell: process.platform === 'win32' })
  } catch (error) {
    throw new Failure(`${DAWN} could not be installed: ${messageOf(error)}`)
  }
  return installed
}
