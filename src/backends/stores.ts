// Data stores by name, as every backend keeps them.

/** The store of that name. @throws if there is none */
export function storeNamed<T>(stores: ReadonlyMap<string, T>, name: string): T {
  const store = stores.get(name)
  if (store === undefined) throw new Error(`There is no data store ${name}.`)
  return store
}
