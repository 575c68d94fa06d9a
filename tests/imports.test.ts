// The architecture, checked: imports between the folders of src/ go one way, in no circle, and the GPU has one home.

import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')

/**
 * What each folder (or file right under src/) may import from others: a folder, one file of it, only the types of a
 * folder, or a module the build makes. Packages are free to all.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  main: ['app'],
  app: [
    'ui',
    'session/protocol',
    'session/run-view',
    'worker session/worker',
    'worker datasets/own/read/worker',
    'worker datasets/own/read/worker',
    'model',
    'datasets',
    'data',
    'formats',
    'type backends',
  ],
  widgets: [
    'app',
    'ui',
    'session',
    'model',
    'kernels',
    'backends',
    'datasets',
    'data',
    'formats',
    'virtual:widget-worker',
    'virtual:included',
  ],
  ui: ['type datasets', 'datasets/dataset'],
  cli: ['session', 'model', 'backends', 'datasets', 'data', 'formats', 'build'],
  session: ['model', 'backends', 'datasets', 'data', 'kernels'],
  formats: ['model', 'datasets'],
  model: ['datasets', 'kernels'],
  backends: ['kernels', 'virtual:kernels'],
  kernels: ['shader'],
  data: [],
  datasets: ['data', 'virtual:datasets'],
  build: ['datasets', 'virtual:datasets'],
}

/**
 * What each room of src/app may import from the others. Files right under src/app put the rooms together and may import all of
 * them; no room imports those, nor the shell. Panels import what lies right under panels/, and no other panel.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  view: [],
  spec: ['view'],
  run: ['spec', 'view'],
  curves: ['run', 'spec', 'type saved'],
  drawing: ['run', 'spec'],
  data: ['run', 'spec', 'drawing'],
  teaching: ['run', 'drawing'],
  saved: ['run', 'spec', 'curves', 'teaching'],
  panels: ['run', 'spec', 'drawing', 'saved', 'view', 'curves'],
  shell: ['run', 'spec', 'saved', 'curves', 'data', 'view'],
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.(ts|mjs|svelte)$/.test(file) && !file.endsWith('.d.ts'))
const modules = new Set(files.map(moduleName))

/** A file's name as imports say it. */
function moduleName(file: string): string {
  return file.replace(/\.(ts|mjs)$/, '')
}

interface Import {
  readonly from: string
  /** Module inside src/, or `virtual:name`, or the path of a shader. */
  readonly to: string
  readonly kind: 'value' | 'type' | 'worker'
}

/** TypeScript in a file: all of it, or a component's scripts. */
function code(file: string): ts.SourceFile {
  const text = readFileSync(join(src, file), 'utf8')
  const script = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map((match) => match[1]).join('\n')
    : text
  return ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true)
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

/** Every import of the project's own modules in a file. */
function importsOf(file: string): Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, kind: Import['kind']) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return
    const path = specifier.text
    const own = path.startsWith('.')
    if (!own && !path.startsWith('virtual:')) return
    const to = own ? moduleName(posix.join(posix.dirname(file), path)) : path
    found.push({ from: moduleName(file), to: modules.has(`${to}/index`) ? `${to}/index` : to, kind })
  }
  walk(code(file), (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'value')
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value')
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, 'type')
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'value')
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'Worker') {
      const url = node.arguments?.[0]
      add(url && ts.isNewExpression(url) ? url.arguments?.[0] : undefined, 'worker')
    }
  })
  return found
}

/** First folder of a path inside src/, or the file's own name where it lies right under src/. */
function room(path: string): string {
  return path.split('/')[0].replace(/\.\w+$/, '')
}

function allowed({ from, to, kind }: Import): boolean {
  if (room(from) === room(to)) return true
  const target = /^\.\.\/shaders\/.+\.wgsl\?raw$/.test(to) ? 'shader' : to
  return leads(arrows[room(from)], target, kind)
}

/** Whether one of the arrows leads to a place. */
function leads(arrows: readonly string[] | undefined, target: string, kind: Import['kind']): boolean {
  return (arrows ?? []).some((arrow) => {
    const [, only, place] = /^(?:(type|worker) )?(.+)$/.exec(arrow) ?? []
    if (only ? kind !== only : kind === 'worker') return false
    return target === place || target.startsWith(`${place}/`)
  })
}

/** The same between the rooms of src/app. */
function allowedInApp({ from, to, kind }: Import): boolean {
  const [source, target] = [from, to].map((path) => path.replace(/^app\//, ''))
  if (!source.includes('/')) return true
  if (source.startsWith('panels/') && target.startsWith('panels/'))
    return panelOf(target) === '' || mayTurnTo(source, target)
  return room(source) === room(target) || leads(rooms[room(source)], target, kind)
}

/** The panel that a file is of; none right under panels/. */
const panelOf = (path: string): string => path.split('/').slice(1, -1).join('/')

/** The list of the panels loads them all; else a panel stays with itself. */
const mayTurnTo = (source: string, target: string): boolean =>
  source === 'panels/index' || panelOf(source) === panelOf(target)

/** Names of `from` ... `from` along imports, where there is such a circle. */
function circle(from: string, targets: (module: string) => readonly string[]): string[] | undefined {
  const seen = new Set<string>()
  const search = (path: readonly string[]): string[] | undefined => {
    for (const next of targets(path[path.length - 1])) {
      if (next === from) return [...path, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = search([...path, next])
      if (found) return found
    }
    return undefined
  }
  return search([from])
}

const imports = files.flatMap(importsOf)

test('imports go one way', () => {
  expect(imports.length).toBeGreaterThan(50)
  const wrong = imports.filter((each) => !allowed(each))
  expect(wrong.map(({ from, to, kind }) => `${from} imports ${to} (${kind})`)).toEqual([])
})

test('rooms of src/app import each other one way, and no panel imports another', () => {
  const inApp = imports.filter(({ from, to }) => room(from) === 'app' && room(to) === 'app')
  expect(inApp.length).toBeGreaterThan(50)
  const wrong = inApp.filter((each) => !allowedInApp(each))
  expect(wrong.map(({ from, to, kind }) => `${from} imports ${to} (${kind})`)).toEqual([])
})

test('no component gets the whole page', () => {
  const owners = imports.filter(({ to }) => to === 'app/playground.svelte').map(({ from }) => from)
  expect(owners.sort()).toEqual(['app/App.svelte', 'app/surroundings'])
})

test('no two exported types share a name', () => {
  const names = files.flatMap((file) => {
    const found: string[] = []
    walk(code(file), (node) => {
      const declares = ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
      const exported = declares && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      if (exported && node.name) found.push(node.name.text)
    })
    return found
  })
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

test('no imports form a circle, not even imports of types', () => {
  const targets = (module: string) => imports.filter(({ from }) => from === module).map(({ to }) => to)
  const circles = [...modules].map((module) => circle(module, targets)).filter((found) => found !== undefined)
  expect(circles.map((found) => found.join(' -> '))).toEqual([])
})

test('only backends/webgpu*.ts speaks WebGPU', () => {
  const speakers = files.filter((file) => {
    let speaks = false
    walk(code(file), (node) => {
      if (ts.isIdentifier(node) && /^GPU[A-Z]/.test(node.text)) speaks = true
      if (ts.isPropertyAccessExpression(node) && node.name.text === 'gpu') speaks = true
    })
    return speaks
  })
  expect(speakers.filter((file) => !/^backends\/webgpu[^/]*\.ts$/.test(file))).toEqual([])
  expect(speakers).toContain('backends/webgpu.ts')
})
