// The text of all shaders. Kernels only name them, so that a page that trains on the CPU does without 9 kB of its worker's script.

const files: Readonly<Record<string, string>> = import.meta.glob<string>('../../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Text of a file of shaders/, by its name without the ending. @throws Error where there is none of that name */
export function shaderText(file: string): string {
  const text = files[`../../shaders/${file}.wgsl`]
  if (text === undefined) throw new Error(`There is no shader ${file}.`)
  return text
}
