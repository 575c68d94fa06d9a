// The script of the page about the widgets (widgets.html): shows the module's address, and the events as they arrive.

import type { PredictionDetail } from './prediction'
import type { EpochDetail } from './training.svelte'

for (const place of document.querySelectorAll('.address')) {
  place.textContent = new URL('inkling.js', document.baseURI).href
}

/** Shows an event of an element. */
function hear<Detail>(element: string, event: string, show: (detail: Detail) => string): void {
  const place = document.getElementById(`heard-${element}`)
  document.querySelector(`inkling-${element}`)?.addEventListener(event, (heard) => {
    if (place && heard instanceof CustomEvent) place.textContent = `${event}: ${show(heard.detail as Detail)}`
  })
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4

hear('digits', 'prediction', ({ digit, probabilities, verdict }: PredictionDetail) =>
  JSON.stringify({ digit, probabilities: probabilities.map(rounded), verdict }),
)
hear('playground', 'epoch', ({ epoch, accuracy, loss }: EpochDetail) =>
  JSON.stringify({ epoch, accuracy: rounded(accuracy), loss: rounded(loss) }),
)
