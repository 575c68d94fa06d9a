// Finds a Chromium that starts on this machine, or installs one.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aptInstall, onPath, runScript, say } from './shell.mjs'

/**
 * Path of a Chromium: from CHROME_PATH, Playwright's own, an installed one, or one that is installed now.
 * @returns {Promise<string | undefined>} undefined if none could be found or installed
 */
export async function chromium() {
  const { chromium } = await import('playwright')
  const asked = process.env['CHROME_PATH']
  if (asked && starts(asked)) return asked
  if (asked) say(`CHROME_PATH is ${asked}, which does not start. Looking for another Chromium.`)
  const own = chromium.executablePath()
  const found = [own, ...installed()].find(starts)
  if (found) return found

  say('No Chromium that starts was found. Downloading one with Playwright.')
  // A blocked download should fail in seconds, so that the next way is tried.
  const patience = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' }
  const code = await runScript('playwright/cli.js', ['install', 'chromium'], patience)
  if (code === 0 && starts(own)) return own
  if (code === 0) say("Playwright's Chromium does not start: system libraries are missing.")

  return (await aptInstall(['chromium'])) ? installed().find(starts) : undefined
}

/** The usual places of Chromium and its relatives. */
function installed() {
  const programs = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ?? [])
  return [
    ...['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'].flatMap(onPath),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ...programs.flatMap((folder) => [
      join(folder, 'Chromium', 'Application', 'chrome.exe'),
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
  ]
}

/**
 * Whether a browser opens an empty page. It does not if its libraries are missing.
 * @param {string} path
 */
function starts(path) {
  if (!existsSync(path)) return false
  const profile = mkdtempSync(join(tmpdir(), 'inkling-chromium-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`]
  const { status } = spawnSync(path, [...flags, '--dump-dom', 'about:blank'], { stdio: 'ignore', timeout: 60 * 1000 })
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  return status === 0
}
