// Tables that a person brings: whatever is written is read back, and what is wrong is refused with its line and column.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ownDataset } from '../src/datasets/own/dataset'
import { survey, take } from '../src/datasets/own/read'
import type { TableAnswers, TableSurvey, TakenData } from '../src/datasets/own/read/types'
import { brought, gzipped, refusal, taken, zipped } from './brought'

/** Two classes, two numbers. */
const small = 'width,height,label\n1,2,a\n3,4.5,b\n5,6,a\n7,8,b\n9,1e1,a\n-1,.5,b\n'

/** Rows of a content with their class, in order. */
function rowsOf({ content: { input, classes, train, test: tested } }: TakenData): string[] {
  const width = input.kind === 'features' ? input.names.length : input.height * input.width * input.channels
  return [train, tested]
    .flatMap(({ examples, labels }) =>
      [...labels].map((label, i) => JSON.stringify([...examples.slice(i * width, (i + 1) * width), classes[label]])),
    )
    .sort()
}

const table = async (text: string, answers: Partial<TableAnswers> = {}) =>
  (await survey([brought('some.csv', text)], { kind: 'table', ...answers })) as TableSurvey

describe('a survey of a table', () => {
  test('tells header, separator, columns, classes and first rows', async () => {
    const found = await table(small)
    expect(found.proposed).toEqual({
      kind: 'table',
      separator: ',',
      header: true,
      decimalComma: false,
      label: 2,
      without: [],
      pictures: false,
      testShare: 0.2,
    })
    expect(found.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['width', 'number'],
      ['height', 'number'],
      ['label', 'text'],
    ])
    expect(found.rows[1]).toEqual(['3', '4.5', 'b'])
    expect(found.title).toBe('some')
  })

  test.each([
    [
      'semicolons and decimal commas',
      'a;b;kind\n1,5;2;x\n2,5;3;y\n',
      { separator: ';', decimalComma: true, header: true, label: 2 },
    ],
    ['tabs', '1\t2\tx\n3\t4\ty\n5\t6\tx\n', { separator: '\t', header: false, label: 2 }],
    ['a class in front', 'species,a\nx,1\ny,2\nx,3\ny,4\n', { label: 0, header: true }],
    ['no header', '1,2,0\n3,4,1\n5,6,0\n', { header: false, label: 2 }],
    ['a header of texts alone', 'name,colour\nann,red\nbob,blue\ncid,red\ndan,blue\n', { header: true, label: 1 }],
    ['a column that counts', 'id,a,label\n1,5,x\n2,5,y\n3,6,x\n', { without: [0], label: 2 }],
    ['a byte order mark', '\ufeffa,label\n1,x\n2,y\n', { header: true, label: 1 }],
  ])('proposes for %s', async (_, text, proposed) => {
    expect((await table(text)).proposed).toMatchObject(proposed)
  })

  test('follows answers: another separator makes other columns', async () => {
    const text = '1,5;a\n2,5;b\n'
    expect((await table(text)).columns).toHaveLength(2)
    expect((await table(text, { separator: ',' })).columns).toHaveLength(2)
    expect((await table(text, { separator: ',' })).rows[0]).toEqual(['1', '5;a'])
  })

  test('says which columns are left out', async () => {
    const found = await table('id,name,a,none,label\n1,ann,5,,x\n2,bob,6,,y\n3,cid,7,,x\n')
    expect(found.left.listed.map(({ what, why }) => `${what} ${why}`)).toEqual([
      'column 1 (id) counts the rows',
      'column 2 (name) is text, and no class',
      'column 4 (none) is empty',
    ])
  })

  test('finds pictures in rows of pixels, gray and in colour, and none in other numbers', async () => {
    const row = (label: number, count: number, value: number, most: number) =>
      [label, ...Array.from({ length: count }, (_, i) => (i * value) % most)].join(',')
    const rows = (count: number, value: number, most = 256) =>
      Array.from({ length: 8 }, (_, i) => row(i % 2, count, value + i, most)).join('\n')
    const gray = await table(rows(784, 5))
    expect([gray.picture, gray.proposed.pictures, gray.proposed.label]).toEqual([{ side: 28, channels: 1 }, true, 0])
    expect((await table(rows(3 * 64, 5))).picture).toEqual({ side: 8, channels: 3 })
    expect((await table(rows(63, 5))).picture).toBeUndefined()
    const dim = await table(rows(64, 0, 17))
    expect([dim.picture, dim.proposed.pictures]).toEqual([{ side: 8, channels: 1 }, false])
  })
})

describe('a table is read', () => {
  test('with all of its rows, in float32, and classes in natural order', async () => {
    const found = await taken([brought('some.csv', small)])
    expect(rowsOf(found)).toEqual(
      ['[1,2,"a"]', '[3,4.5,"b"]', '[5,6,"a"]', '[7,8,"b"]', '[9,10,"a"]', '[-1,0.5,"b"]'].sort(),
    )
    const { content } = await taken([brought('n.csv', 'a,label\n1,10\n2,9\n3,2\n4,10.0\n5,9\n6,2\n')])
    expect(content.classes).toEqual(['2', '9', '10'])
    const dataset = ownDataset('Some', found.content)
    expect(dataset.train + dataset.test).toBe(6)
  })

  test('the same out of gzip and zip, and the same each time, whatever the order of the rows', async () => {
    const [first, ...rows] = small.trimEnd().split('\n')
    const id = async (file: ReturnType<typeof brought>) => ownDataset('', (await taken([file])).content).id
    const plain = await id(brought('some.csv', small))
    expect(await id(gzipped('some.csv.gz', new TextEncoder().encode(small)))).toBe(plain)
    expect(await id(zipped('some.zip', { 'a/some.csv': small, '__MACOSX/a/._some.csv': 'x' }))).toBe(plain)
    expect(await id(brought('some.csv', [first, ...rows.reverse()].join('\r\n')))).toBe(plain)
  })

  test('as pictures, with bytes', async () => {
    const rows = Array.from({ length: 10 }, (_, i) =>
      [i % 2, ...Array.from({ length: 64 }, (_, p) => (p * 4 + i) % 256)].join(','),
    )
    const { content } = await taken([brought('pixels.csv', rows.join('\n'))])
    expect(content.input).toEqual({ kind: 'image', height: 8, width: 8, channels: 1 })
    expect(content.train.examples).toBeInstanceOf(Uint8Array)
    expect(content.train.examples[1] - content.train.examples[0]).toBe(4)
  })

  test('with a second table for testing; one without classes is left out', async () => {
    const found = await taken([brought('d/train.csv', small), brought('d/test.csv', 'width,height,label\n100,2,a\n')])
    expect([found.content.train.labels.length, found.content.test.labels.length]).toEqual([6, 1])
    const without = await taken([brought('d/train.csv', small), brought('d/test.csv', 'width,height\n100,2\n')])
    expect(without.content.test.labels.length).toBeGreaterThan(0)
    expect(without.left.listed).toEqual([
      { what: 'd/test.csv', why: 'has no column of classes, so nothing can be tested with it' },
    ])
  })

  test('equal rows land on one side, and every class is trained on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 2 })), {
          minLength: 6,
          maxLength: 60,
        }),
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        async (rows, testShare) => {
          fc.pre(new Set(rows.map(([, label]) => label)).size > 1)
          const text = ['a,label', ...rows.map(([a, label]) => `${a},${label}`)].join('\n')
          let found: TakenData
          try {
            found = await taken([brought('r.csv', text)], { kind: 'table', header: true, label: 1, testShare })
          } catch (error) {
            expect(String(error)).toContain('too few different examples')
            return
          }
          const { train, test: tested, classes } = found.content
          const trained = new Set(train.examples)
          expect([...tested.examples].filter((value) => trained.has(value))).toEqual([])
          expect(new Set(train.labels).size).toBe(classes.length)
          expect(train.labels.length + tested.labels.length).toBe(rows.length)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('by property', () => {
  const cell = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => Math.fround(value))
  const label = fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((text) => /^[^\s\p{C}]+$/u.test(text) && Number.isNaN(Number(text)))
  const written = fc.record({
    rows: fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 12, maxLength: 40 }),
    names: fc.uniqueArray(label, { minLength: 2, maxLength: 4, selector: (text) => text.normalize().toLowerCase() }),
    separator: fc.constantFrom(',' as const, ';' as const, '\t' as const),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    header: fc.boolean(),
    comma: fc.boolean(),
    quoted: fc.boolean(),
    last: fc.boolean(),
  })

  test('any table that is written is read back', async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ rows, names, separator, newline, header, comma, quoted, last }) => {
        const decimalComma = comma && separator !== ','
        const quote = (text: string) => (quoted || /[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
        const number = (value: number) => quote(decimalComma ? String(value).replace('.', ',') : String(value))
        const classOf = (i: number) => names[i % names.length]
        const text =
          [
            ...(header ? [['one', 'two', 'three', 'what it is'].map(quote)] : []),
            ...rows.map((row, i) => [...row.map(number), quote(classOf(i))]),
          ]
            .map((cells) => cells.join(separator))
            .join(newline) + (last ? newline : '')
        const answers = {
          kind: 'table',
          separator,
          header,
          decimalComma,
          label: 3,
          without: [],
          pictures: false,
          testShare: 0.25,
        } as const
        const found = await take([brought('any.csv', text)], answers)
        expect(rowsOf(found)).toEqual(
          rows.map((row, i) => JSON.stringify([...row.map((value) => value + 0), classOf(i)])).sort(),
        )
        expect(found.left.count).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  test('a table with bytes changed is read whole or refused with a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(small.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 }),
        async (changes) => {
          const bytes = new TextEncoder().encode(small)
          for (const [at, value] of changes) bytes[at] = value
          try {
            const found = await taken([brought('m.csv', bytes)])
            ownDataset('', found.content)
          } catch (error) {
            expect(error).toHaveProperty('name', 'DataError')
            expect(String(error)).toMatch(/m\.csv.*\.$/s)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('is refused, with file, line and column:', () => {
  const many = Array.from({ length: 150 }, (_, i) => `${i % 7},${i * 3}`).join('\n')
  test.each<[string, string, RegExp, Partial<TableAnswers>?]>([
    ['an empty cell', 'a,label\n1,x\n,y\n', /^t\.csv, line 3, column 1 \(a\) is empty/],
    ['NaN', 'a,label\n1,x\nNaN,y\n', /^t\.csv, line 3, column 1 \(a\) holds “NaN”: a number is missing/],
    ['infinity', 'a,label\n1,x\n2,y\n-inf,y\n', /line 4, column 1 \(a\) holds “-inf”, which is infinite/],
    ['a number beyond floats', 'a,label\n1,x\n1e39,y\n', /line 3.*too large for a 32-bit number/],
    ['text among numbers', 'a,label\n1,x\n2,y\noops,x\n', /line 4, column 1 \(a\) holds “oops”, which is no number/],
    ['a decimal comma', 'a;label\n1,5;x\n2;y\n', /line 2.*decimal comma/, { decimalComma: false }],
    ['a longer row', 'a,label\n1,x\n2,y,z\n', /^t\.csv, line 3 has 3 cells, not 2/],
    [
      'a shorter row, its line counted over quoted newlines',
      'a,label\n1,"x\nx"\n2\n',
      /^t\.csv, line 4 has 1 cell, not 2/,
    ],
    ['an empty class', 'a,label\n1,x\n2,\n', /line 3, column 2 \(label\) is empty: this row has no class/],
    [
      'two columns called label',
      'label,a,Label\nx,1,x\ny,2,y\n',
      /^t\.csv, line 1, column 3 \(Label\).*two columns are called “label”/,
    ],
    ['one class only', 'a,label\n1,x\n2,x\n', /^t\.csv has one class only.*“x” in every row/],
    [
      'a number to predict',
      `a,price\n${many}`,
      /column 2 \(price\) has more than 100 different values.*number to predict/,
      { label: 1 },
    ],
    ['an open quotation mark', 'a,label\n1,x\n2,"y\n3,x\n', /line 3 opens a quotation mark that is never closed/],
    ['a quotation mark in a quoted field', 'a,label\n1,x\n2,"y"z",\n', /line 3 has a quotation mark in the middle/],
    ['one column', 'a\n1\n2\n', /has one column only/],
    ['a header alone', 'a,label\n', /has a header and no rows/, { header: true }],
    ['nothing', '', /is empty: it has no rows|holds no files/],
    ['no numbers', 'name,label\nann,x\nbob,y\n', /no column of numbers besides “label”/],
    ['rows that are all alike', 'a,label\n1,x\n1,x\n2,y\n2,y\n', /too few different examples/],
    [
      'pixels that are none',
      `label${',p'.repeat(64)}\n0${',7'.repeat(64)}\n1${',7'.repeat(63)},256\n`,
      /line 3, column 65 .*holds “256”. Pixels are whole numbers/,
      { pictures: true },
    ],
  ])('%s', async (_, text, sentence, answers = {}) => {
    expect(await refusal([brought('t.csv', text)], { kind: 'table', ...answers })).toMatch(sentence)
  })

  test('other encodings, binary files and spreadsheets', async () => {
    const latin = Uint8Array.from(Buffer.from('a,label\n1,x\n2,\xe9\n', 'latin1'))
    expect(await refusal([brought('t.csv', latin)])).toMatch(
      /^t\.csv, line 3 is no text in UTF-8. Save the table again/,
    )
    expect(await refusal([brought('t.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'))])).toMatch(/is no text/)
    expect(await refusal([brought('t.xlsx', 'PK')])).toMatch(/^t\.xlsx is a spreadsheet. Save it as CSV/)
    expect(await refusal([brought('a.csv', small), brought('b.csv', small)])).toMatch(
      /holds 2 tables \(a\.csv, b\.csv\)/,
    )
    expect(await refusal([brought('a.exe', Uint8Array.of(1, 2, 0, 3))])).toMatch(/nothing to learn from/)
    expect(await refusal([])).toMatch(/holds no files/)
  })

  test('names are cleaned of control characters and cut; markup stays text', async () => {
    const long = 'z'.repeat(200)
    const text = `a<b>\u0007,label\n1,"x\u202ey"\n2,<script>\n3,${long}\n4,"x\u202ey"\n5,<script>\n6,${long}\n`
    const { content } = await taken([brought('t.csv', text)], { kind: 'table', header: true })
    expect(content.input).toEqual({ kind: 'features', names: ['a<b>'] })
    expect(content.classes).toEqual(['<script>', 'xy', `${'z'.repeat(59)}…`])
  })

  test('stops', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    expect(await refusal([brought('t.csv', small)], {}, { signal: stop.signal })).toBe('stopped')
  })
})
