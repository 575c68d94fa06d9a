// Vite plugin for the WebAssembly kernels: compiles src/backends/wasm/assembly/ with AssemblyScript, once for each set of
// features that a browser may have, and provides the results as modules (`virtual:kernels/...`).

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import type { Plugin } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sources = join(root, 'src/backends/wasm/assembly')
const cache = join(root, 'node_modules/.cache/inkling')

/** Most pages of 64 KiB in a memory: all that 32-bit addresses reach. */
const MOST_PAGES = 65_536

/** Compiler options by feature. */
const features: Readonly<Record<string, readonly string[]>> = {
  simd: ['--enable', 'simd'],
  relaxed: ['--enable', 'simd', '--enable', 'relaxed-simd'],
  shared: ['--enable', 'threads', '--sharedMemory', '--maximumMemory', String(MOST_PAGES)],
}

/**
 * Provides a module for each build, for example `virtual:kernels/relaxed+shared`. Its default export returns the bytes: from a file of
 * the site in a build, otherwise or with `inline` from the module itself.
 */
export function kernels({ inline = false } = {}): Plugin {
  const prefix = 'virtual:kernels/'
  return {
    name: 'inkling-kernels',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined
      for (const file of await readdir(sources)) this.addWatchFile(join(sources, file))
      const options = id
        .slice(prefix.length + 1)
        .split('+')
        .flatMap((feature) => features[feature])
      const file = await compileOnce(options)
      const { config } = this.environment
      if (!inline && config.command === 'build' && config.consumer === 'client') {
        return `import url from ${JSON.stringify(`${file}?url&no-inline`)}
          export default async () => {
            const response = await fetch(url)
            if (!response.ok) throw new Error(\`The server has no \${url} (\${response.status}).\`)
            return response.arrayBuffer()
          }`
      }
      const base64 = JSON.stringify((await readFile(file)).toString('base64'))
      return `export default () => Promise.resolve(Uint8Array.from(atob(${base64}), (letter) => letter.charCodeAt(0)))`
    },
  }
}

/** Compilations in progress by their options: the page's worker and its helpers ask for the same one at once. */
const compiling = new Map<string, Promise<string>>()

function compileOnce(options: readonly string[]): Promise<string> {
  const key = options.join(' ')
  const known = compiling.get(key) ?? compile(options).finally(() => compiling.delete(key))
  compiling.set(key, known)
  return known
}

/** Compiles to a file, or reuses the file of the same sources. @throws Error with the compiler's messages */
async function compile(options: readonly string[]): Promise<string> {
  const flags = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--noExportMemory', ...options]
  flags.push('--disableWarning', '201') // sizes and addresses are both 32 bits wide
  const files = (await readdir(sources)).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(sources, file), 'utf8')))
  const key = createHash('sha256')
    .update(JSON.stringify([asc.version, flags, files, texts]))
    .digest('hex')
  const kept = join(cache, `kernels-${key.slice(0, 16)}.wasm`)
  if (existsSync(kept)) return kept

  let binary: Buffer | undefined
  const { error, stderr } = await asc.main(['index.ts', '--baseDir', sources, '--outFile', 'kernels.wasm', ...flags], {
    writeFile: (_, contents) => void (binary = Buffer.from(contents)),
  })
  if (error || !binary) throw new Error(`The WebAssembly kernels do not compile:\n${stderr.toString()}`)
  await mkdir(cache, { recursive: true })
  // Written under another name first: several builds may run at once.
  const unfinished = `${kept}.${process.pid}`
  await writeFile(unfinished, binary)
  await rename(unfinished, kept)
  return kept
}
