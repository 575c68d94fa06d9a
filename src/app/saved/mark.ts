// A mark that a visit has left a run: without it a page need not load what resumes one.

const NAME = 'inkling-left'

/** True where a run may have been left. */
export function isMarked(): boolean {
  try {
    return localStorage.getItem(NAME) !== null
  } catch {
    return false // such a browser keeps no runs either
  }
}

export function mark(left: boolean): void {
  try {
    if (left) localStorage.setItem(NAME, 'yes')
    else localStorage.removeItem(NAME)
  } catch {
    // Then an offer may be missed.
  }
}
