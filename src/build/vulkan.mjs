// Finds Mesa's Vulkan driver for the CPU, or installs it: another WebGPU than Chromium's runs on it in tests.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { aptInstall, say } from './shell.mjs'

/** Where Vulkan drivers announce themselves on Linux. */
const DRIVERS = '/usr/share/vulkan/icd.d'

/**
 * The environment in which a program takes that driver, the same on every machine, whatever its graphics processor. Empty where there is
 * none, and the program takes what it finds.
 * @returns {Promise<Record<string, string>>}
 */
export async function softwareVulkan() {
  if (process.platform === 'linux' && !driver()) {
    say("Not found: Mesa's Vulkan driver for the CPU.")
    await aptInstall(['mesa-vulkan-drivers'], ['--no-install-recommends'])
  }
  const found = driver()
  return found ? { VK_ICD_FILENAMES: join(DRIVERS, found) } : {}
}

const driver = () => (existsSync(DRIVERS) ? readdirSync(DRIVERS).find((name) => name.startsWith('lvp_icd')) : undefined)
