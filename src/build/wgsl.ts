// Vite plugin for the shaders: a build removes their comments and indentation, 5 of the 46 kB of the worker's script.

import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vite'

/** WGSL has no strings, so two slashes always begin a comment. The shaders have no block comments. */
export function strip(wgsl: string): string {
  const lines = wgsl.split('\n').map((line) => line.replace(/\/\/.*/, '').trim())
  return lines.filter((line) => line !== '').join('\n') + '\n'
}

/** Replaces Vite's own `?raw` for .wgsl files in builds. */
export function shaders(): Plugin {
  const suffix = '.wgsl?raw'
  return {
    name: 'inkling-shaders',
    apply: 'build',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(suffix)) return undefined
      const file = id.slice(0, -'?raw'.length)
      this.addWatchFile(file)
      return `export default ${JSON.stringify(strip(await readFile(file, 'utf8')))}`
    },
  }
}
