// Finds a Python with PyTorch, or installs one.

import { spawnSync } from 'node:child_process'
import { aptInstall, say } from './shell.mjs'

/** Debian's packages (python3-torch, python3-numpy) belong to the first one; PATH may name another. */
const pythons = ['/usr/bin/python3', 'python3']

/**
 * Path of a Python with PyTorch and NumPy: from PYTHON, an installed one, or one that is installed now.
 * @returns {Promise<string | undefined>} undefined if none could be found or installed
 */
export async function pythonWithTorch() {
  const asked = process.env['PYTHON']
  if (asked && hasTorch(asked)) return asked
  if (asked) say(`PYTHON is ${asked}, which has no PyTorch. Looking for another Python.`)
  const found = pythons.find(hasTorch)
  if (found) return found
  say('No Python with PyTorch was found.')
  const installed = await aptInstall(['python3-torch', 'python3-numpy'], ['--no-install-recommends'])
  return installed ? pythons.find(hasTorch) : undefined
}

/** @param {string} python */
function hasTorch(python) {
  return spawnSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore', timeout: 120_000 }).status === 0
}
