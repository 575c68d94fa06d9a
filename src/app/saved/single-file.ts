// "Download as one file": a page with a pad and a trained network in it, which needs no other file, no server and no network.

import { FormatError } from '../../formats/error'
import { writeNetwork, type Network } from '../../formats/network'
import { shapeOf } from '../spec/stack'

/** The content security policy that keeps the page from any request. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src data:"

/**
 * A single HTML file that reads drawings by this network, also from a disk without a connection. Fetches the pad's script from the site.
 * @param title of the page, as text
 * @throws Error with a sentence for a person if the script does not load
 */
export async function singleFile(network: Network, title: string): Promise<Blob> {
  const address = new URL('inkling-digits.js', document.baseURI)
  const response = await fetch(address).catch(() => undefined)
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : 'there is no connection'
    throw new Error(`The script of the pad is needed for this and cannot be fetched: ${why}. Try again later.`)
  }
  return new Blob([singlePage(network, title, await response.text())], { type: 'text/html' })
}

/** The text of that file. `script` is an ES module that defines `<inkling-digits>` and imports nothing. */
export function singlePage(network: Network, title: string, script: string): string {
  const name = escapeHtml(title)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; background: #fafbfe; color: #151b30; }
@media (prefers-color-scheme: dark) { :root { background: #0f1220; color: #e8ecf8; } }
body { max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
p { margin: 0.5rem 0 1.25rem; }
</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p>A neural network trained with Inkling: ${escapeHtml(shapeOf(network.spec))}. All of it is in this file; nothing that you draw leaves it.</p>
<inkling-digits network="data:application/octet-stream;base64,${base64(bytesOf(network))}"></inkling-digits>
<noscript>This page needs JavaScript.</noscript>
</main>
<script type="module">
${escapeScript(script)}
</script>
</body>
</html>
`
}

/** The network as safetensors, in 16-bit floats if they can hold its values: half the size, the same answers. */
function bytesOf(network: Network): Uint8Array {
  try {
    return writeNetwork(network, 'F16')
  } catch (error) {
    if (error instanceof FormatError) return writeNetwork(network)
    throw error
  }
}

/** Encodes in pieces, because a call takes a limited number of arguments. */
function base64(bytes: Uint8Array): string {
  const PIECE = 0x8000
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return btoa(text)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => entities[sign])

/**
 * Escapes JavaScript for a script element, which would end at `</script` and misread `<!--`. Both occur only in strings, templates
 * and regular expressions, where `\x3C` means the same.
 */
export const escapeScript = (script: string): string => script.replace(/<(?=\/script|!--)/gi, '\\x3C')
