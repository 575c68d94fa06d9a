// The browser's decoder of pictures that a person brings, in Chromium.

import { describe, expect, test } from 'vitest'
import { decodePicture } from '../src/datasets/own/read/browser-decoder'
import { pictureHeader } from '../src/datasets/own/read/picture-header'
import type { PictureAnswers } from '../src/datasets/own/read/types'
import { cornersOf, oriented, storedPixels } from './oriented'

async function encoded({ width, height, data }: ReturnType<typeof storedPixels>, type: string): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0)
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.95 })).arrayBuffer())
}

async function decoded(bytes: Uint8Array, answers: Pick<PictureAnswers, 'side' | 'colour' | 'framing'>) {
  const { gray: _, ...header } = pictureHeader(bytes)!
  return decodePicture(bytes, { ...header, ...answers })
}

describe.each([
  ['at a fraction of its size', true],
  ['whole', false],
])('a JPEG decoded %s', (_, small) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('stands upright under orientation %i', async (orientation) => {
    const bytes = oriented(await encoded(storedPixels(orientation), 'image/jpeg'), orientation, orientation % 2 === 0)
    const kept = globalThis.ImageDecoder
    expect(kept).toBeDefined()
    if (!small) Reflect.deleteProperty(globalThis, 'ImageDecoder')
    try {
      const crop = await decoded(bytes, { side: 32, colour: true, framing: 'crop' })
      expect(cornersOf(crop, 32, 2)).toBe('rgby')
      const fit = await decoded(bytes, { side: 32, colour: true, framing: 'fit' })
      expect(cornersOf(fit, 32, 10)).toBe('rgby')
      expect(cornersOf(fit, 32, 1)).toBe('wwww')
    } finally {
      globalThis.ImageDecoder = kept
    }
  })
})

test('PNG and WebP are decoded: transparent over white, gray by BT.601', async () => {
  const blank = { width: 40, height: 30, data: new Uint8ClampedArray(40 * 30 * 4) }
  for (const type of ['image/png', 'image/webp']) {
    const values = await decoded(await encoded(blank, type), { side: 28, colour: false, framing: 'fit' })
    expect(new Set(values)).toEqual(new Set([255]))
    const gray = await decoded(await encoded(storedPixels(1), type), { side: 28, colour: false, framing: 'crop' })
    expect(Math.abs(gray[2 * 28 + 2] - 0.299 * 250)).toBeLessThan(4)
    expect(Math.abs(gray[2 * 28 + 25] - 0.587 * 250)).toBeLessThan(4)
  }
})

test('damaged pictures are refused', async () => {
  const bytes = await encoded(storedPixels(1), 'image/png')
  await expect(decoded(bytes.slice(0, 80), { side: 28, colour: false, framing: 'fit' })).rejects.toThrow()
})
