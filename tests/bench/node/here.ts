// `npm run bench -- --node`: builds the program that measures without a browser, and runs it on this machine.

import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { exitCodes } from '../../../src/cli/main'
import { besideDawn, downloadDawn } from '../dawn'

/** Builds the program into a folder. */
export async function buildProgram(outDir: string): Promise<void> {
  await build({ configFile: resolve('tests/bench/node/vite.config.ts'), build: { outDir } })
}

/** Runs the program with its own options, and returns its exit code. @throws Failure */
export async function measureHere(args: readonly string[]): Promise<number> {
  downloadDawn()
  await buildProgram(besideDawn)
  const { status } = spawnSync(process.execPath, [join(besideDawn, 'main.mjs'), ...args], { stdio: 'inherit' })
  return status ?? exitCodes.failed
}
