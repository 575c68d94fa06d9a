// Entry of inkling-digits.js: <inkling-digits> for those who bring a network.

import { InklingDigits } from './digits-element'

if (!customElements.get('inkling-digits')) customElements.define('inkling-digits', InklingDigits)
