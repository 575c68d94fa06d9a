// Reference backends that can be lost.

import { createReference } from '../src/backends/reference'
import { DeviceLostError, type Backend, type DeviceLoss } from '../src/backends/types'
import { withPrograms } from './with-programs'

/**
 * A reference backend that can be lost: what reads then is refused, what writes goes nowhere. `at` is called before and after everything
 * that a session waits for, and may lose it there.
 */
export function losable(at: (backend: Backend) => void = () => {}): Backend {
  let gone = false
  let tell: (loss: DeviceLoss) => void = () => {}
  const lost = new Promise<DeviceLoss>((resolve) => (tell = resolve))
  const check = () => {
    at(backend)
    if (gone) throw new DeviceLostError('gone')
  }
  /** Does something that answers; it is refused where the device goes before or meanwhile. */
  async function answering<T>(work: () => Promise<T>): Promise<T> {
    check()
    const answer = await work()
    check()
    return answer
  }
  const inner = withPrograms(createReference(), (program) => ({
    read: (...args) => answering(() => program.read(...args)),
    settled: () => answering(() => program.settled()),
  }))
  const backend: Backend = {
    ...inner,
    lost,
    readStore: (...args) => answering(() => inner.readStore(...args)),
    async prepare(plan) {
      at(backend)
      const program = await inner.prepare(plan) // a lost device shows at the first read
      at(backend)
      return program
    },
    lose() {
      gone = true
      tell({ message: 'taken away' })
    },
  }
  return backend
}
