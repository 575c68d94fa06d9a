// Fields of a spec's parts (layers, optimizers, schedules), described once, for validating and editing.

import * as v from 'valibot'

/** A number with its limits. */
export interface NumberField {
  readonly kind: 'number'
  readonly label: string
  readonly low: number
  readonly high: number
  readonly whole: boolean
  /** The value in a new part. */
  readonly initial: number
  /** The step of the arrow keys in an editor. */
  readonly step: number
}

/** One of several names. */
interface ChoiceField<T extends string = string> {
  readonly kind: 'choice'
  readonly label: string
  /** Values and how an editor shows them. */
  readonly options: readonly (readonly [value: T, title: string])[]
  readonly initial: T
}

/** Something that is so or not. A part without the value says no, and that is how a no is written. */
interface FlagField {
  readonly kind: 'flag'
  readonly label: string
  /** What it means that it is so, behind the label. */
  readonly words: string
  readonly initial: false
}

export type Field = NumberField | ChoiceField | FlagField
export type Fields = Readonly<Record<string, Field>>

type ValueOf<F extends Field> = F extends ChoiceField<infer T> ? T : F extends NumberField ? number : boolean

/** The values that fields describe. */
export type Values<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends FlagField ? never : K]: ValueOf<F[K]>
} & { -readonly [K in keyof F as F[K] extends FlagField ? K : never]?: boolean }

/** One kind of a part, with its fields. `type` tells the kinds apart. */
export interface Kind<F extends Fields = Fields> {
  /** Its name in an editor. */
  readonly title: string
  readonly fields: F
}

/** A part of any of the kinds, as plain JSON. */
export type PartOf<K extends Readonly<Record<string, Kind>>> = {
  [T in keyof K & string]: { type: T } & Values<K[T]['fields']>
}[keyof K & string]

/** A whole number from `low` to `high`. */
export function whole(label: string, low: number, high: number, initial: number): NumberField {
  return { kind: 'number', label, low, high, whole: true, initial, step: 1 }
}

/** A finite number from `low` to `high`. */
export function real(label: string, low: number, high: number, initial: number, step: number): NumberField {
  return { kind: 'number', label, low, high, whole: false, initial, step }
}

/** One of the values; the first is initial unless `initial` says otherwise. */
export function choice<const T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  initial: T = options[0][0],
): ChoiceField<T> {
  return { kind: 'choice', label, options, initial }
}

/** Something that is so or not; at first it is not. */
export const flag = (label: string, words: string): FlagField => ({ kind: 'flag', label, words, initial: false })

/** How an editor shows a value of a choice. */
export function titleOf({ options }: ChoiceField, value: string): string {
  return options.find(([option]) => option === value)?.[1] ?? value
}

/** A part of a kind with its initial values. */
export function initialPart<K extends Readonly<Record<string, Kind>>>(kinds: K, type: keyof K & string): PartOf<K> {
  const values = Object.entries(kinds[type].fields).flatMap(([name, field]) =>
    field.kind === 'flag' ? [] : [[name, field.initial] as const],
  )
  return { type, ...Object.fromEntries(values) } as PartOf<K>
}

/** Validates a number. */
export function numberSchema({ low, high, whole }: Pick<NumberField, 'low' | 'high' | 'whole'>) {
  return v.pipe(
    v.number('must be a number'),
    whole ? v.integer('must be a whole number') : v.finite('must be a finite number'),
    v.minValue(low, `must be ${decimal(low)} or more`),
    v.maxValue(high, `must be ${decimal(high)} or less`),
  )
}

/** Validates one of several names. */
export function oneOf<const T extends readonly string[]>(values: T) {
  return v.picklist(values, `must be one of ${values.join(', ')}`)
}

/** Validates a part of any of the kinds. */
export function partSchema<K extends Readonly<Record<string, Kind>>>(kinds: K): v.GenericSchema<PartOf<K>> {
  const schemas = Object.entries(kinds).map(([type, { fields }]) =>
    v.strictObject({
      type: v.literal(type),
      ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
    }),
  )
  // Schemas and type come from the same table.
  return v.variant('type', schemas, `must be one of ${Object.keys(kinds).join(', ')}`) as unknown as v.GenericSchema<
    PartOf<K>
  >
}

function fieldSchema(field: Field) {
  if (field.kind === 'flag') return v.exactOptional(v.boolean('must be true or false'))
  return field.kind === 'number' ? numberSchema(field) : oneOf(field.options.map(([value]) => value))
}

/** A limit as text: whole numbers in groups, others with all their digits. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : String(value)
}
