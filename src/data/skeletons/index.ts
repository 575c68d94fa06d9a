// How people write the ten digits: for each the ways in use around the world, as control points with freedom in every
// one. A digit is 1 high (y down) and about 0.6 wide.

import type { Skeleton } from '../handwriting'
import { eight } from './eight'
import { five } from './five'
import { four } from './four'
import { nine } from './nine'
import { one } from './one'
import { seven } from './seven'
import { six } from './six'
import { three } from './three'
import { two } from './two'
import { zero } from './zero'

/** The ways to write each digit, by digit. */
export const skeletons: readonly (readonly Skeleton[])[] = [zero, one, two, three, four, five, six, seven, eight, nine]
