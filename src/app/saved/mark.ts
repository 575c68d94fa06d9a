// Marks that a visit has left a run: without the mark a page need not load the code that resumes one.

const NAME = 'inkling-left'

/** Whether a run may have been left. */
export function isMarked(): boolean {
  try {
    return localStorage.getItem(NAME) !== null
  } catch {
    return false // such a browser stores no runs either
  }
}

export function mark(left: boolean): void {
  try {
    if (left) localStorage.setItem(NAME, 'yes')
    else localStorage.removeItem(NAME)
  } catch {
    // An offer may then be missed.
  }
}
