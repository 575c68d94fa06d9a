// WGSL as words with what they are, for highlighting.

import type * as PrismModule from 'prismjs'

/** A piece of the text; `kind` is Prism's name for what it is (`keyword`, `number`), nothing for plain text. */
export interface Word {
  readonly text: string
  readonly kind: string | undefined
}

/** The same text with its lines set in by how deep they stand in braces: the build takes white space and comments away. */
export function indented(wgsl: string): string {
  let depth = 0
  return wgsl
    .split('\n')
    .map((line) => {
      const text = line.trim()
      const closes = /^[})\]]/.test(text) ? 1 : 0
      const set = '  '.repeat(Math.max(0, depth - closes)) + text
      depth += (text.match(/[{([]/g)?.length ?? 0) - (text.match(/[})\]]/g)?.length ?? 0)
      return set
    })
    .join('\n')
}

/** Prism's languages look for it in the global scope. */
async function load(): Promise<typeof PrismModule> {
  const scope = globalThis as { Prism?: object }
  scope.Prism = { manual: true } // nothing is highlighted by itself
  const { default: prism } = await import('prismjs/components/prism-core')
  scope.Prism = prism
  await import('prismjs/components/prism-wgsl')
  return prism
}

let prism: ReturnType<typeof load> | undefined

/** Cuts WGSL into words. */
export async function wordsOf(wgsl: string): Promise<Word[]> {
  const { tokenize, languages } = await (prism ??= load())
  return tokenize(wgsl, languages.wgsl).map((token) =>
    typeof token === 'string' ? { text: token, kind: undefined } : { text: textOf(token.content), kind: kindOf(token) },
  )
}

/** Prism gives what many languages have in common as an alias. */
const kindOf = ({ alias, type }: PrismModule.Token) => (typeof alias === 'string' && alias !== '' ? alias : type)

function textOf(content: PrismModule.TokenStream): string {
  if (typeof content === 'string') return content
  return Array.isArray(content) ? content.map((part) => textOf(part)).join('') : textOf(content.content)
}
