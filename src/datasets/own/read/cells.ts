// Cells of a table as numbers.

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const infinite = /^[+-]?(inf|infinity|∞)$/i
const noNumber = /^[+-]?(nan|na|n\/a|null|none|-|\?)$/i

/** The number of a cell; NaN if it is none, an infinity if it is infinite or beyond 32-bit floats. */
export function numberOf(cell: string, decimalComma: boolean): number {
  const digits = digitsOf(cell)
  if (digits >= 0) return digits
  let text = cell
  if (decimalComma && text.includes(',')) {
    if (text.includes('.')) return NaN
    text = text.replace(',', '.')
  }
  const number = Number(text)
  if (number === 0 ? text.trim() === '' : Number.isNaN(number) && !infinite.test(text.trim())) return NaN
  if (!Number.isFinite(number) || Math.abs(number) > 3.4028234663852886e38) return Infinity
  return numeral.test(text.trim()) ? number : NaN
}

/** The number of a cell of one to nine digits; -1 if it is none. Nearly all cells of tables of pixels are, and `Number` takes longer. */
function digitsOf(cell: string): number {
  if (cell.length === 0 || cell.length > 9) return -1
  let number = 0
  for (let i = 0; i < cell.length; i++) {
    const digit = cell.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}

/** Whether a cell is a number, or says that there is none where one is due: it tells columns of numbers from those of text. */
export function isNumberLike(cell: string, decimalComma: boolean): boolean {
  const text = cell.trim()
  return text === '' || noNumber.test(text) || infinite.test(text) || !Number.isNaN(numberOf(text, decimalComma))
}

/** Why a cell is no number to learn from: the rest of a sentence that begins with its place. */
export function whyNoNumber(cell: string, decimalComma: boolean, shown: string): string {
  const text = cell.trim()
  if (text === '') return 'is empty. Fill it, or leave this row or column out.'
  if (noNumber.test(text)) return `holds ${shown}: a number is missing. Fill it, or leave this row or column out.`
  if (infinite.test(text)) return `holds ${shown}, which is infinite. Numbers must be finite.`
  if (!Number.isNaN(numberOf(text, decimalComma))) return `holds ${shown}, which is too large for a 32-bit number.`
  if (!decimalComma && !Number.isNaN(numberOf(text, true))) {
    return `holds ${shown}, which is no number. If it has a decimal comma, say so.`
  }
  return `holds ${shown}, which is no number. Correct it, or leave this column out.`
}
