// Splits WGSL into tokens, for highlighting.

import type * as PrismModule from 'prismjs'

/** A token; `kind` is Prism's name for it (`keyword`, `number`), undefined for plain text. */
export interface Word {
  readonly text: string
  readonly kind: string | undefined
}

/** Indents the lines by their depth in braces: the build removes white space and comments. */
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

/** Prism's languages look for `Prism` in the global scope. */
async function load(): Promise<typeof PrismModule> {
  const scope = globalThis as { Prism?: object }
  scope.Prism = { manual: true } // nothing is highlighted by itself
  const { default: prism } = await import('prismjs/components/prism-core')
  scope.Prism = prism
  await import('prismjs/components/prism-wgsl')
  return prism
}

let prism: ReturnType<typeof load> | undefined

/** Splits WGSL into tokens. */
export async function wordsOf(wgsl: string): Promise<Word[]> {
  const { tokenize, languages } = await (prism ??= load())
  return tokenize(wgsl, languages.wgsl).map((token) =>
    typeof token === 'string' ? { text: token, kind: undefined } : { text: textOf(token.content), kind: kindOf(token) },
  )
}

/** Prism gives kinds that many languages share as an alias. */
const kindOf = ({ alias, type }: PrismModule.Token) => (typeof alias === 'string' && alias !== '' ? alias : type)

function textOf(content: PrismModule.TokenStream): string {
  if (typeof content === 'string') return content
  return Array.isArray(content) ? content.map((part) => textOf(part)).join('') : textOf(content.content)
}
