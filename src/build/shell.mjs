// Running other programs from the set-up scripts: shared output, exit codes, and Ctrl-C that waits for the program.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
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
