// Finds Firefox, WebKit and the programs that drive them, or installs them.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { aptInstall, onPath, say } from './shell.mjs'

/**
 * The programs that the tests in Firefox and WebKit need, by their environment variables: how to find each, and its Debian
 * package.
 * @type {Record<string, { what: string, find: () => string | undefined, package: string }>}
 */
const programs = {
  FIREFOX_PATH: { what: 'Firefox', find: firefox, package: 'firefox-esr' },
  WEBKIT_DRIVER_PATH: {
    what: 'WebKitWebDriver',
    find: () => onPath('WebKitWebDriver')[0],
    package: 'webkit2gtk-driver',
  },
  MINIBROWSER_PATH: { what: "WebKitGTK's MiniBrowser", find: miniBrowser, package: 'webkit2gtk-driver' },
  XVFB_PATH: { what: 'Xvfb', find: () => onPath('Xvfb')[0], package: 'xvfb' },
}

/**
 * Paths of the programs, by their environment variables. Says which ones are missing and cannot be installed.
 * @returns {Promise<Record<string, string> | undefined>}
 */
export async function engines() {
  const lacking = missing()
  if (lacking.length > 0) {
    say(`Not found: ${lacking.map(([, { what }]) => what).join(', ')}.`)
    await aptInstall([...new Set(lacking.map(([, program]) => program.package))], ['--no-install-recommends'])
  }
  const still = missing()
  if (still.length === 0) return Object.fromEntries(Object.keys(programs).map((name) => [name, path(name) ?? '']))
  const list = still.map(([name, { what, package: from }]) => `  ${what}: Debian's ${from}, or set ${name}`).join('\n')
  console.error(
    `These tests need what could not be found or installed:\n${list}\n` +
      'On Debian and Ubuntu, as root, this installs it: apt-get install firefox-esr webkit2gtk-driver xvfb\n' +
      "(Ubuntu calls it firefox). WebKit's parts exist for Linux only; elsewhere run this in a Linux container.",
  )
  return undefined
}

function missing() {
  return Object.entries(programs).filter(([name]) => !path(name))
}

/** @param {string} name a variable */
function path(name) {
  const asked = process.env[name]
  return asked && existsSync(asked) ? asked : programs[name]?.find()
}

function firefox() {
  return [...['firefox-esr', 'firefox'].flatMap(onPath), '/Applications/Firefox.app/Contents/MacOS/firefox'].find(
    (path) => existsSync(path),
  )
}

/** Distributions put it beside the library, by architecture and by version: /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser. */
function miniBrowser() {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/libexec'].flatMap((folder) => [folder, ...within(folder)])
  return folders
    .flatMap((folder) => within(folder).filter((path) => /\/webkit(2?gtk)-[\d.]+$/.test(path)))
    .map((folder) => join(folder, 'MiniBrowser'))
    .filter((path) => existsSync(path))
    .sort()
    .at(-1)
}

/** The entries of a folder; none if it does not exist. @param {string} folder */
function within(folder) {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}
