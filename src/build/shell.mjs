// Finds, installs and runs other programs for the set-up scripts: with shared output and exit codes; at Ctrl-C it waits for the
// program to end.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder, with a separator at the end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Writes a message to stderr: stdout belongs to the program that runs.
 * @param {string} text
 */
export function say(text) {
  console.error(`\n> ${text}`)
}

/**
 * Runs a program in the repository's folder and returns its exit code, or 127 if it does not exist. Ends this process if a
 * person ended the program.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, shell?: boolean, stdout?: 'inherit' | 2 }} [options] stdout 2: all on stderr
 * @returns {Promise<number>}
 */
export function run(command, args, { env = {}, shell = false, stdout = 'inherit' } = {}) {
  return new Promise((resolve) => {
    const stdio = /** @type {const} */ (['inherit', stdout, 'inherit'])
    const child = spawn(command, args, { cwd: root, stdio: [...stdio], shell, env: { ...process.env, ...env } })
    /** @type {NodeJS.Signals | undefined} */
    let ended
    // A terminal sends Ctrl-C to the program too; this process only waits for it.
    const interrupt = () => (ended = 'SIGINT')
    const terminate = () => child.kill((ended = 'SIGTERM'))
    process.on('SIGINT', interrupt)
    process.on('SIGTERM', terminate)
    // npm passes a signal only to its shell. When the shell has ended, this process has another parent.
    const parent = process.ppid
    const orphaned = () => process.env['npm_lifecycle_event'] && process.ppid !== parent
    const watch = setInterval(() => orphaned() && terminate(), 500)
    /** @param {number} code */
    const finish = (code) => {
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', terminate)
      clearInterval(watch)
      if (ended) process.exit(ended === 'SIGINT' ? 130 : 143)
      resolve(code)
    }
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`)
      finish(127)
    })
    child.on('close', (code) => finish(code ?? 1))
  })
}

/**
 * Runs a JavaScript program of a dependency, without npx and its shell.
 * @param {string} script path inside node_modules
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export function runScript(script, args, env = {}) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args], { env })
}

/**
 * Paths of the programs of this name in PATH.
 * @param {string} name
 */
export function onPath(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name)).filter((path) => existsSync(path))
}

/**
 * Installs Debian packages one by one, so that a missing one does not stop the others.
 * @param {string[]} packages
 * @param {string[]} [options] of `apt-get install`
 * @returns {Promise<boolean>} false without apt-get or without root
 */
export async function aptInstall(packages, options = []) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || onPath('apt-get').length === 0) return false
  say(`Installing ${packages.join(', ')} with apt-get.`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { env, stdout: 2 }) // one stale source must not stop the next line
  for (const name of packages) await run('apt-get', ['install', '-y', ...options, name], { env, stdout: 2 })
  return true
}
