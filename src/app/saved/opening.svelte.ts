// Opens files and saved runs. The code for that comes with the first.

import type { Notices } from '../run/notices.svelte'
import type { Opener, OpenerParts } from './opener.svelte'

export class Opening {
  /** There once a file was opened or a run resumed. */
  opener = $state.raw<Opener>()

  readonly #parts: OpenerParts
  readonly #notices: Notices

  constructor(parts: OpenerParts, notices: Notices) {
    this.#parts = parts
    this.#notices = notices
  }

  async open(files: readonly File[]): Promise<void> {
    await (await this.here())?.open(files)
  }

  /** What opens files; undefined where its code could not be loaded, which is told. */
  async here(): Promise<Opener | undefined> {
    try {
      const { Opener } = await import('./opener.svelte')
      return (this.opener ??= new Opener(this.#parts))
    } catch {
      this.#notices.tell(
        'code',
        'Nothing can be opened now: the code for it could not be loaded. Try again when the site can be reached.',
      )
      return undefined
    }
  }
}
