// Data of a person's own, made by drawing: from an empty page to a network that reads it, and what is kept of it.

import { expect, test, type Locator, type Page } from '@playwright/test'
import { Random } from '../../src/data/random'
import { severe } from './accessibility'
import { drawOn, Playground, type Strokes } from './playground'

type Sign = (random: Random) => Strokes

/** Three signs that nobody has taught the program, each drawn a little differently every time. */
const signs: Readonly<Record<string, Sign>> = {
  circle: (random) => {
    const [x, y, r] = [random.between(0.4, 0.6), random.between(0.4, 0.6), random.between(0.2, 0.35)]
    const flat = random.between(0.75, 1)
    return [around(20, (turn) => [x + r * Math.cos(turn), y + flat * r * Math.sin(turn)])]
  },
  cross: (random) => {
    const [r, lean] = [random.between(0.2, 0.35), random.between(-0.1, 0.1)]
    return [
      [[0.5 - r, 0.5 - r + lean], [0.5 + r, 0.5 + r]],
      [[0.5 + r, 0.5 - r], [0.5 - r, 0.5 + r + lean]],
    ] // prettier-ignore
  },
  wave: (random) => {
    const [height, start] = [random.between(0.1, 0.2), random.between(0, 2)]
    return [around(24, (turn) => [0.15 + (0.7 * turn) / (2 * Math.PI), 0.5 + height * Math.sin(2 * turn + start)])]
  },
}
const names = Object.keys(signs)

function around(steps: number, place: (turn: number) => readonly [number, number]) {
  return Array.from({ length: steps + 1 }, (_, i) => place((2 * Math.PI * i) / steps))
}

const desk = (page: Page) => page.getByRole('dialog', { name: 'Make your own pictures' })

/** Opens the workshop, and names a class for each of the signs. */
async function workshop(app: Playground): Promise<Locator> {
  await (await app.desk()).getByRole('button', { name: /^Make pictures here/ }).click()
  const made = desk(app.page)
  for (const [i, name] of names.entries()) {
    if (i > 1) await made.getByRole('button', { name: 'Add a class' }).click()
    await made.getByRole('textbox', { name: 'Name of the class' }).nth(i).fill(name)
  }
  return made
}

/** Adds drawings of each of the signs. */
async function make(made: Locator, each: number, seed = 1): Promise<void> {
  for (const [i, name] of names.entries()) {
    await made.getByRole('radio', { name: `The next picture is of ${name}` }).check()
    for (let k = 0; k < each; k++) {
      await drawOn(made.getByLabel('Drawing pad'), signs[name](new Random(seed, 100 * i + k)))
      await made.getByRole('button', { name: `Add to ${name}` }).click()
    }
    await expect(made.getByRole('list', { name: `Pictures of ${name}` }).getByRole('listitem')).toHaveCount(each)
  }
}

async function learn(app: Playground, made: Locator): Promise<void> {
  await made.getByRole('button', { name: 'Learn from these' }).click()
  await expect(made).toBeHidden()
  await expect(app.data).toHaveAttribute('aria-valuetext', /images loaded$/)
}

test('three signs of twenty drawings each are learnt from nothing, and fresh ones are read', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const begun = Date.now()
  const made = await workshop(app)
  await make(made, 20)
  await learn(app, made)
  await expect(app.probabilities()).toHaveText(names.map((name) => new RegExp(`^${name}`)))
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished', { timeout: 60_000 })
  let right = 0
  for (let k = 0; k < 7; k++) {
    for (const [i, name] of names.entries()) {
      await app.draw(signs[name](new Random(2, 100 * i + k)))
      await expect(app.output('Prediction')).toHaveText(/./)
      if ((await app.output('Prediction').textContent())?.trim() === name) right++
      await app.button('Clear drawing').click()
      await expect(app.output('Prediction')).not.toHaveText(new RegExp(names.join('|')))
    }
  }
  info.annotations.push({ type: 'seconds', description: String((Date.now() - begun) / 1000) })
  expect(right, 'fresh drawings read right, of 21').toBeGreaterThanOrEqual(20)
  expect(await severe(page)).toEqual([])

  // One more example of a class: it learns again, with the settings that stand.
  await app.draw(signs.wave(new Random(3, 1)))
  await page.getByRole('group', { name: 'What is it?' }).getByRole('button', { name: 'cross' }).click()
  await expect(page.getByRole('status', { name: 'Added' })).toHaveText(
    'Added to cross. It learns again, from the start.',
  )
  await expect(app.data).toHaveAttribute('aria-valuetext', '61 images loaded')
  await expect(app.output('Status')).toHaveText('Finished', { timeout: 60_000 })
  const desk = await app.desk()
  await expect(desk.getByRole('list', { name: 'Your data' }).getByRole('listitem')).toHaveCount(1)
  await desk.getByRole('button', { name: 'Close' }).click()

  // A mistake, a confusion and an answer have the names that the person gave.
  await app.panel('Mistakes')
  await expect(app.shown.getByRole('rowheader', { name: 'wave' }).first()).toBeVisible()
})

test('what is missing before anything can be learnt is said, and pictures can be deleted, moved and brought back', async ({
  page,
}, info) => {
  const app = await Playground.open(page, info)
  const made = await workshop(app)
  const missing = made.getByRole('status', { name: 'What is missing' })
  await expect(missing).toHaveText('circle needs 2 pictures: one to learn from, and one to test with.')
  await make(made, 2)
  await expect(missing).toHaveText('6 pictures. A fifth of them will test the network.')
  expect(await severe(page)).toEqual([])

  const of = (name: string) => made.getByRole('list', { name: `Pictures of ${name}` }).getByRole('listitem')
  await made.getByRole('button', { name: 'Picture 2 of circle' }).click()
  await made.getByRole('combobox', { name: 'or move it to' }).selectOption('wave')
  await expect(of('wave')).toHaveCount(3)
  await expect(missing).toHaveText('circle needs one more picture: one to learn from, and one to test with.')
  await made.getByRole('button', { name: 'Picture 1 of circle' }).click()
  await made.getByRole('button', { name: 'Delete it' }).click()
  await expect(of('circle')).toHaveCount(0)
  await made.getByRole('button', { name: 'Undo', exact: true }).click()
  await made.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(of('circle')).toHaveCount(2)

  await made.getByRole('textbox', { name: 'Name of the class' }).nth(1).fill('circle')
  await expect(missing).toHaveText('Two classes are called circle. Give one of them another name.')
  await made.getByRole('button', { name: 'Learn from these' }).click({ force: true })
  await expect(made).toBeVisible()

  // It is all there again, also after a reload.
  await made.getByRole('textbox', { name: 'Name of the class' }).nth(1).fill('cross')
  await made.getByRole('button', { name: 'Close' }).click()
  await expect(made).toBeHidden()
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)))
    .toContain('keyval-store')
  await page.waitForFunction(
    () =>
      new Promise((resolve) => {
        const open = indexedDB.open('keyval-store')
        open.onsuccess = () => {
          const get = open.result.transaction('keyval').objectStore('keyval').get('inkling-workpiece')
          get.onsuccess = () => {
            const classes = get.result?.classes ?? []
            resolve(classes[1]?.name === 'cross' && classes[2]?.pictures.length === 2)
          }
        }
      }),
  )
  await page.reload()
  await app.loaded()
  await (await app.desk()).getByRole('button', { name: /^Make pictures here/ }).click()
  await expect(of('wave')).toHaveCount(2)
})

test('data of one’s own is kept: named, linked, deleted and brought back', async ({ page, browser }, info) => {
  const app = await Playground.open(page, info)
  const made = await workshop(app)
  await make(made, 3)
  await learn(app, made)
  await expect(page).toHaveURL(/dataset=own\.[0-9a-f]{16}/)
  const link = page.url()

  await page.reload()
  await expect(app.dataset).toHaveAccessibleName('Data: My drawings')
  await expect(app.data).toHaveAttribute('aria-valuetext', '9 images loaded')
  const choices = await app.desk()
  const name = choices.getByRole('textbox', { name: 'Name of My drawings' })
  await name.fill('Signs')
  await name.press('Enter')
  await expect(choices.getByRole('button', { name: 'Learn from Signs' })).toHaveAttribute('aria-pressed', 'true')
  expect(await severe(page)).toEqual([])
  await choices.getByRole('button', { name: 'Delete Signs' }).click()
  await expect(choices.getByRole('list', { name: 'Your data' })).toBeHidden()
  await choices.getByRole('button', { name: 'Undo' }).click()
  await expect(choices.getByRole('button', { name: 'Learn from Signs' })).toBeVisible()
  await choices.getByRole('button', { name: 'Delete Signs' }).click()
  await expect(choices.getByRole('list', { name: 'Your data' })).toBeHidden()
  await choices.getByRole('button', { name: 'Close' }).click()
  await app.button('Undo').click()
  await expect((await app.desk()).getByRole('button', { name: 'Learn from Signs' })).toBeVisible()

  const elsewhere = await (await browser.newContext()).newPage()
  await elsewhere.goto(link)
  await expect(elsewhere.getByText(/The data that this link names is not in this browser/)).toBeVisible()
  await expect(elsewhere.getByRole('button', { name: 'Data: MNIST' })).toBeVisible()
  await elsewhere.context().close()
})
