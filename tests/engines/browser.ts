// What the tests need of a browser, whatever drives it. The rest (names, polling) is the same everywhere: see visitor.ts.

/** A point in CSS pixels of the viewport. */
export type Point = readonly [x: number, y: number]

/** A running browser with one tab. Its commands reject where the browser does. */
export interface Browser {
  /** How many loads of a page it may take until one goes well, because of what drives the browser. */
  readonly loads: number
  goto(url: string): Promise<void>
  /** Size of the viewport in CSS pixels, as near as the window system allows. */
  resize(width: number, height: number): Promise<void>
  /** Evaluates an expression in the page; Result is what JSON can hold. */
  evaluate<Result>(expression: string): Promise<Result>
  /** Moves the mouse to the first point, presses its button, moves through the others and lets go. */
  drag(points: readonly [Point, ...Point[]]): Promise<void>
  /** Presses keys one after the other. */
  press(...keys: readonly Key[]): Promise<void>
  /** A PNG file. */
  screenshot(): Promise<Uint8Array>
  /** What this engine itself told of errors since the page was opened; those that the page recorded are in `problems` there. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

/** The keys that the tests press. */
export type Key = 'Tab' | 'Enter' | 'Space' | 'ArrowDown' | 'ArrowRight' | 'Delete'

/** An engine to test in. */
export interface Engine {
  readonly name: string
  start(): Promise<Browser>
}
