// Entry of inkling.js: both elements, and a trained network for <inkling-digits>.

import network from 'virtual:included/network'
import { InklingDigits } from './digits-element'
import { InklingPlayground } from './playground-element'

InklingDigits.included = network
// A page may load the module twice, from two addresses: the first one counts.
if (!customElements.get('inkling-digits')) customElements.define('inkling-digits', InklingDigits)
if (!customElements.get('inkling-playground')) customElements.define('inkling-playground', InklingPlayground)

export { InklingDigits, InklingPlayground }
