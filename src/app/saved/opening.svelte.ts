// Opens files and saved runs. Loads the code for that with the first one.

import type { Notices } from '../run/notices.svelte'
import type { Opener, OpenerParts } from './opener.svelte'

export class Opening {
  /** Set by the first file or run that is opened. */
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

  /** The opener; undefined if its code could not be loaded, which is reported. */
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
