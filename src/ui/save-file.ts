// Hands a file to the person.

/** Saves a file where the browser saves what is downloaded. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60 * 1000) // by then the browser has taken it
}
