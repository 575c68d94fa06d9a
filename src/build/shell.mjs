// Running other programs from the set-up scripts: shared output, exit codes, and Ctrl-C that waits for the program; and
// where those programs come from.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder, with a separator at the end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Says what happens, on stderr: stdout belongs to the program that is asked for.
 * @param {string} text
 */
export function say(text) {
  console.error(`\n> ${text}`)
}

/**
 * Runs a program in the repository's folder and returns its exit code; 127 where it does not exist. Ends this process
 * where a person ended the program.
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
    // A terminal's Ctrl-C reaches the program by itself; this process only has to wait for it.
    const interrupt = () => (ended = 'SIGINT')
    const terminate = () => child.kill((ended = 'SIGTERM'))
    process.on('SIGINT', interrupt)
    process.on('SIGTERM', terminate)
    // npm passes a signal to its shell only; when that is gone, this process has got another parent.
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
 * Places in PATH where a program of this name is.
 * @param {string} name
 */
export function onPath(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return folders.map((folder) => join(folder, name)).filter((path) => existsSync(path))
}

/**
 * Installs Debian packages, each by itself, so that one that does not exist here keeps no other away.
 * @param {string[]} packages
 * @param {string[]} [options] of `apt-get install`
 * @returns {Promise<boolean>} false where this cannot be tried: no Debian or its like, or not as root
 */
export async function aptInstall(packages, options = []) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || onPath('apt-get').length === 0) return false
  say(`Installing ${packages.join(', ')} with apt-get.`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { env, stdout: 2 }) // one stale source must not stop the next line
  for (const name of packages) await run('apt-get', ['install', '-y', ...options, name], { env, stdout: 2 })
  return true
}
