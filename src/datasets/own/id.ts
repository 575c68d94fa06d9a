// Ids of data sets of one's own: `own.` and the start of a hash of the contents.

export const ID_START = 'own.'
/** Hexadecimal digits of the hash in an id: 64 bits. */
export const ID_DIGITS = 16

const pattern = new RegExp(`^${ID_START.replace('.', '\\.')}[0-9a-f]{${ID_DIGITS}}$`)

/** Whether an id is that of a data set of one's own, here or elsewhere. */
export const isOwnId = (id: string): boolean => pattern.test(id)
