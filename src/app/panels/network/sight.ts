// Whether any of some elements can be seen.

/** An attachment for elements. Calls `tell` when the first of them comes into sight, and when the last has gone out of it. */
export function watchSight(tell: (seen: boolean) => void): (element: Element) => () => void {
  const inSight = new Map<Element, boolean>()
  const sum = () => tell([...inSight.values()].includes(true))
  return (element) => {
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) inSight.set(target, isIntersecting)
      sum()
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      inSight.delete(element)
      sum()
    }
  }
}
