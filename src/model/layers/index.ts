// The kinds of layer there are. A new kind is a file beside this one and a line in each list here.

import * as v from 'valibot'
import { dense, denseSchema } from './dense'

export const layerSchema = v.variant('type', [denseSchema], 'must be one of dense')
export type LayerSpec = v.InferOutput<typeof layerSchema>
export const layerTypes = { dense }
