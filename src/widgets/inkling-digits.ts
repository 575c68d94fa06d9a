// Entry of inkling-digits.js: <inkling-digits> without a network of its own.

import { InklingDigits } from './digits-element'

if (!customElements.get('inkling-digits')) customElements.define('inkling-digits', InklingDigits)
