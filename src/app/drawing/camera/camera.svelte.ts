// The camera: asking for it, turning it round, and taking pictures of the size that a network reads.

import type { ImageInput } from '../../../datasets/dataset'
import { bytesOf } from '../../../datasets/own/read/pixels'

/** Milliseconds from one picture to the next while recording: 60 pictures in 6 seconds. */
export const PERIOD = 100

const refusals: Readonly<Record<string, string>> = {
  NotAllowedError:
    'The browser was told not to give the camera to this page. Allow it beside the address, and turn it on again; or draw, or bring files.',
  NotFoundError: 'No camera was found. Connect one and turn it on again; or draw, or bring files.',
  NotReadableError: 'Another program uses the camera. Close that and turn it on again; or draw, or bring files.',
}

export class Camera {
  /** The picture as it comes; undefined while the camera is off. */
  stream = $state.raw<MediaStream>()
  /** The browser is asking the person. */
  asking = $state(false)
  /** Why there is no picture, and what to do. */
  problem = $state<string>()
  /** The one that faces the person. */
  front = $state(true)
  /** Left and right are exchanged, as in a mirror. */
  mirrored = $state(true)
  /** There is another one to turn to. */
  several = $state(false)

  #video: HTMLVideoElement | undefined
  #small: OffscreenCanvas | undefined
  /** Counts attempts, so that a late one does not turn on what was turned off. */
  #turn = 0

  /** Asks for the camera. `problem` says why there is none. */
  async start(front = this.front): Promise<void> {
    const turn = ++this.#turn
    this.problem = undefined
    // Browsers show cameras to pages of secure addresses only.
    const devices = navigator.mediaDevices as MediaDevices | undefined
    if (!devices) {
      this.problem =
        'Browsers give the camera to pages with https alone, and this one came without. Draw, or bring files.'
      return
    }
    this.asking = true
    try {
      const facingMode = front ? 'user' : 'environment'
      const stream = await devices.getUserMedia({ video: { facingMode, width: 640, height: 480 } })
      if (turn !== this.#turn) return end(stream)
      this.#replace(stream)
      if (front !== this.front) this.front = this.mirrored = front
      stream.getVideoTracks()[0].onended = () => {
        if (this.stream !== stream) return
        this.stop()
        this.problem = 'The camera went away. The pictures that you took are here. Connect it and turn it on again.'
      }
      const cameras = await devices.enumerateDevices().catch(() => [])
      this.several = cameras.filter(({ kind }) => kind === 'videoinput').length > 1
    } catch (error) {
      const { name, message } = error as DOMException
      if (turn === this.#turn) this.problem = refusals[name] ?? `The camera does not start: ${message}`
    } finally {
      if (turn === this.#turn) this.asking = false
    }
  }

  stop(): void {
    this.#turn++
    this.asking = false
    this.#replace(undefined)
  }

  /** Turns to the other camera: a front camera shows a mirror, as people expect. */
  async turnRound(): Promise<void> {
    this.#replace(undefined) // many phones open one camera at a time
    await this.start(!this.front)
  }

  /** Shows the stream in a video element, for as long as both are there. */
  readonly show = (video: HTMLVideoElement): (() => void) => {
    this.#video = video
    video.srcObject = this.stream ?? null
    void video.play().catch(() => {}) // it ends before it plays where the camera is turned off at once
    return () => {
      video.srcObject = null
      if (this.#video === video) this.#video = undefined
    }
  }

  /** The middle square of the picture as bytes [side, side, channels]; undefined before there is one. */
  take({ width, height, channels }: ImageInput): Uint8Array | undefined {
    const video = this.#video
    if (!this.stream || !video?.videoWidth) return undefined
    const canvas = (this.#small ??= new OffscreenCanvas(width, height))
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context) return undefined
    const { videoWidth: w, videoHeight: h } = video
    const side = Math.min(w, h)
    context.imageSmoothingQuality = 'high'
    if (this.mirrored) {
      context.translate(width, 0)
      context.scale(-1, 1)
    }
    context.drawImage(video, (w - side) / 2, (h - side) / 2, side, side, 0, 0, width, height)
    return bytesOf(context.getImageData(0, 0, width, height).data, channels)
  }

  #replace(stream: MediaStream | undefined): void {
    if (this.stream) end(this.stream)
    this.stream = stream
  }
}

const end = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop()
}
