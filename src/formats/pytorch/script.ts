// The source of train.py: parts that every run shares, and parts generated from the spec.

import { datasetOf } from '../../datasets'
import { strengthsOf } from '../../model/augmentation'
import { isTrained } from '../../model/layers/layer'
import { layOut, type ModelParameter } from '../../model/parameters'
import { inputShapeOf, summarise, weightDecayOf, type Schedule, type Spec } from '../../model/spec'
import batchNorm from './batch_norm.py?raw'
import data from './data.py?raw'
import dropout from './dropout.py?raw'
import { exampleFilesOf, quoted } from './files'
import { networkSource, torchName } from './network'
import { torchOptimizer } from './optimizers'
import random from './random.py?raw'
import safetensors from './safetensors.py?raw'
import training from './training.py?raw'
import warp from './warp.py?raw'

/** Body of the learning rate's function: model/schedules.ts in Python. */
function scheduleSource(schedule: Schedule): string {
  switch (schedule.type) {
    case 'constant':
      return `    return LEARNING_RATE`
    case 'step':
      return `    return LEARNING_RATE * ${schedule.factor} ** math.floor(step / steps_per_epoch / ${schedule.every} + 1e-9)`
    case 'cosine':
      return `    rising = min(math.floor(${schedule.warmup} * steps_per_epoch + 0.5), steps)
    if step < rising:
        return LEARNING_RATE * (step + 1) / rising
    share = min((step - rising) / max(steps - rising, 1), 1)
    return LEARNING_RATE * (1 + math.cos(math.pi * share)) / 2`
    case 'one-cycle':
      return `    first, lowest = 1 / 25, 1 / 25 / 1e4
    last = max(steps - 1, 1)
    top = max(${schedule.warmup} * steps - 1, 0)
    step = min(step, last)
    if step < top:
        return LEARNING_RATE * (1 + (first - 1) * (1 + math.cos(math.pi * step / top)) / 2)
    share = (step - top) / max(last - top, 1)
    return LEARNING_RATE * (lowest + (1 - lowest) * (1 + math.cos(math.pi * share)) / 2)`
  }
}

const lossSources: Readonly<Record<Spec['loss'], string>> = {
  'cross-entropy': `def losses(outputs, labels, smoothing):
    """Cross-entropy of every row."""
    return F.cross_entropy(outputs, labels, label_smoothing=smoothing, reduction="none")
`,
  quadratic: `def losses(outputs, labels, _):
    """Half the squared error of every row."""
    return 0.5 * ((outputs - F.one_hot(labels, len(CLASS_NAMES))) ** 2).sum(1)
`,
}

const noAugmentation = `def augment(values, step, rows):
    """Examples stay as they are: this run has no augmentation."""
    return values
`

const warpSource = ({ rotation, scale, shear, shift, elastic, flip }: ReturnType<typeof strengthsOf>) => `
# Largest strengths of warping.
ROTATION = ${rotation}  # degrees
SCALE = ${scale}  # share
SHEAR = ${shear}  # share
SHIFT = ${shift}  # pixels
ELASTIC = ${elastic}  # pixels
FLIP = ${flip}  # share of images mirrored left to right
`

/** Differences from Inkling, for the person who starts the script. */
function differences(spec: Spec): string[] {
  const { styleShare } = spec
  if (styleShare === 0) return []
  const share = Number((100 * styleShare).toPrecision(3))
  return [
    `Inkling replaces ${share}% of the images by synthetic handwriting, some of it of no class, which it alone can draw.`,
    `Here images of ${datasetOf(spec).title} stay in these places: the run goes on, but with other losses than in Inkling.`,
  ]
}

/** Source of the training examples whose statistics standardise the inputs. */
const scalings: Readonly<Record<Spec['input'], string>> = {
  unit: 'None  # inputs are not standardised',
  standardised: '"trained"  # every value to mean 0 and deviation 1 over the examples that are trained on',
  'standardised-all': '"all"  # every value to mean 0 and deviation 1 over all training examples',
}

/** Source of a table from Inkling's names of tensors to PyTorch's. */
function namesSource(name: string, comment: string, parameters: readonly ModelParameter[]): string {
  const lines = parameters.map((parameter) => `    "${parameter.name}": "${torchName(parameter)}",\n`)
  return `# ${comment}\n${name} = {${lines.length > 0 ? '\n' : ''}${lines.join('')}}`
}

/** The whole script, which continues from `step`: see pytorch.ts. */
export function trainScript(spec: Spec, step: number): string {
  const { layers } = summarise(spec)
  const { list } = layOut(layers)
  const { source, moments } = torchOptimizer(spec.optimizer)
  const strengths = strengthsOf(spec.augmentation)
  const warps = Object.values(strengths).some((strength) => strength !== 0)
  const has = (type: string) => layers.some(({ spec: layer }) => layer.type === type)
  const drops = layers.some(({ spec: layer }) => layer.type === 'dropout' && layer.rate > 0)
  const of = (wanted: string) => list.filter(({ role, frozen }) => role === wanted && (wanted === 'running' || !frozen))
  const frozen = list.filter(({ role, frozen }) => frozen && isTrained(role))
  const differs = differences(spec)
  const dataset = datasetOf(spec)
  const files = exampleFilesOf(dataset)

  const head = `#!/usr/bin/env python3
"""Goes on with a run of Inkling in PyTorch, from step ${step}.

    python3 train.py --data DIR
    torchrun --nproc_per_node 2 train.py --data DIR

DIR holds ${files.what}. The same batches, dropout and updates as in Inkling follow,
equal up to rounding, in one process or shared by several${differs.length > 0 ? '; DIFFERENCES below says what is not the same' : ''}. Needs
PyTorch 1.13 or newer, and NumPy.
"""

import argparse
import functools
import gzip
import json
import math
import os
import sys
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
${has('batch-normalisation') ? 'from torch.distributed.nn import all_reduce\n' : ''}`

  const constants = `${files.constants}INPUT = [${inputShapeOf(spec).join(', ')}]  # shape of an example in Inkling
CLASS_NAMES = [
${dataset.classes.map((name) => `    ${quoted(name)},\n`).join('')}]

SEED = ${spec.seed}
BATCH_SIZE = ${spec.batchSize}
EPOCHS = ${spec.epochs}
TRAINING_SIZE = ${spec.trainingSize}  # number of training examples to use, from the first
VALIDATION_SIZE = ${spec.validationSize}  # number of examples held out, the last ones
STANDARDISED = ${scalings[spec.input]}
LABEL_SMOOTHING = ${spec.labelSmoothing}
LEARNING_RATE = ${spec.learningRate}
WEIGHT_DECAY = ${weightDecayOf(spec.optimizer)}
CLIP_NORM = ${spec.clipNorm}  # largest norm of the whole gradient; 0: no limit
${warps ? warpSource(strengths) : ''}
# Names of tensors in Inkling and in this script.

${namesSource('WEIGHTS', 'Weights: with weight decay.', of('weights'))}
${namesSource('OTHERS', 'Biases and other parameters: without weight decay.', of('other'))}
${namesSource('RUNNING', 'Running statistics of batch normalisation.', of('running'))}
${frozen.length > 0 ? `${namesSource('FROZEN', 'Parameters of frozen layers: no optimizer changes them.', frozen)}\n` : ''}NAMES = {**WEIGHTS, **OTHERS, **RUNNING${frozen.length > 0 ? ', **FROZEN' : ''}}
# The optimizer's state.
MOMENTS = {${moments.map(([name, key]) => `"${name}": "${key}"`).join(', ')}}

# Differences from Inkling, printed at the start.
DIFFERENCES = [${differs.map((line) => `\n    ${quoted(line)},`).join('')}${differs.length > 0 ? '\n' : ''}]
`

  const update = `def make_optimizer(groups):
    """Creates the optimizer for groups of parameters with their weight decay."""
    return ${source}
`
  const schedule = `def learning_rate(step, steps, steps_per_epoch):
    """Learning rate of a step, counted from 0 over the whole run."""
${scheduleSource(spec.schedule)}
`
  const sections = [
    head,
    constants,
    ...(drops ? [dropout] : []),
    ...(has('batch-normalisation') ? [batchNorm] : []),
    networkSource(layers, dataset),
    lossSources[spec.loss],
    update,
    schedule,
    warps ? warp : noAugmentation,
    random,
    files.source,
    data,
    safetensors,
    training,
  ]
  return `${sections.map((section) => section.trim()).join('\n\n\n')}\n`
}
