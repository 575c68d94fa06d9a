// Names of the data stores of a device that hold a data set.

/** The stores of a data set. Their names include its id, so that a device can hold two sets while one replaces the other. */
export const storesOf = ({ id }: { readonly id: string }) =>
  ({
    trainInputs: `${id}/train-inputs`,
    trainLabels: `${id}/train-labels`,
    testInputs: `${id}/test-inputs`,
    testLabels: `${id}/test-labels`,
  }) as const

export type StoreName = keyof ReturnType<typeof storesOf>

/** Receives the bytes of data sets; a backend does. */
export interface Stores {
  /** Makes an empty store, replacing one of the same name. */
  store(name: string, byteLength: number): { write(offset: number, bytes: Uint8Array): void }
  /** Frees a store; does nothing if there is none of that name. */
  drop(name: string): void
}
