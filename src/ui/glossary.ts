// What the terms of the page mean: each in a sentence or two, right for an engineer and plain enough for someone of fourteen.

/** Meanings by term. */
export const glossary = {
  accuracy:
    'The share of answers that are right. Train may be below Test: the images to learn from are varied, which makes them harder.',
  activation:
    'The function that a neuron puts its sum through. Without one, many layers could do no more than one layer.',
  Adam: 'An optimizer that gives each weight its own step size, from the recent size of its gradients.',
  augmentation:
    'Turning, shifting and bending the training images at random, so that the network never sees quite the same one twice.',
  backend:
    'The part of the program that does the arithmetic: on the graphics card by WebGPU, or on the processor by WebAssembly.',
  backpropagation:
    'Going back through the layers, from the loss to the first one, to find the gradient of every weight.',
  batch: 'The examples that the network sees in one step. It changes its weights once for all of them.',
  'batch normalisation':
    'A layer that shifts and scales the numbers in each batch to mean 0 and spread 1, which steadies training.',
  bias: 'A number that a neuron adds to its sum. It decides how easily the neuron becomes active.',
  calibration: 'Whether the network is as sure as it is right: of all answers that are 80% sure, 80% should be right.',
  class: 'One of the possible answers: for example one of the digits.',
  confusion: 'Which class the network takes for which: a table of the true classes against the answers.',
  convolution: 'A layer that slides small patterns over the image and notes where each one fits.',
  'data set': 'The examples to learn from, each with its right answer, and others to test with.',
  'dead unit': 'A neuron that is zero for every example. It gets no gradient any more, so it cannot learn.',
  dense: 'A layer in which every neuron reads all the numbers of the layer before it.',
  dropout: 'In training, setting some outputs to zero at random, so that no neuron is relied on alone.',
  epoch: 'One pass through all the training examples.',
  evaluation: 'Running the test set through the network, without learning from it.',
  'F1 score': 'One number for precision and recall together, their harmonic mean. It is high only if both are.',
  filter: 'One of the small patterns of a convolution. It looks for the same thing all over the image.',
  flatten: 'Writes the numbers of an image in one row, so that a dense layer can read them.',
  frozen:
    'A frozen layer keeps the weights that it has: training reads them, and changes only those of the other layers.',
  gradient:
    'For each weight, how much the loss would change if that weight grew a little. Training goes the other way.',
  'gradient clipping': 'Shortening a gradient that is too long, so that one odd batch cannot spoil the network.',
  'gradient norm': 'The length of the whole gradient: how strongly the loss pulls on all the weights together.',
  histogram: 'A chart of how many numbers fall into each range.',
  initialisation: 'The random numbers that the weights start with. Their size is chosen to suit the layer.',
  kernel:
    'A small program that does one step of the arithmetic on many numbers at once. In a convolution, the small grid of weights that slides over the image.',
  'label smoothing':
    'Asking for a little less than 100% for the right class, so that the network does not become too sure.',
  layer: 'A group of neurons that work side by side. Each layer reads what the one before it puts out.',
  'learning rate':
    'How far the weights move in each step. Too small and learning takes for ever; too large and it fails.',
  logit: 'The score that the network gives a class, before softmax turns the scores into shares.',
  loss: 'How wrong the answers are, as one number. Training makes it smaller.',
  momentum: 'Keeping some of the last step’s movement, like a ball that rolls on downhill.',
  network: 'Layers of neurons, one after the other: numbers go in, and an answer comes out.',
  neuron:
    'Multiplies each number it reads by a weight, adds everything up with a bias, and passes the result on through an activation.',
  optimizer: 'The rule that turns gradients into changes of the weights.',
  overfitting: 'Learning the training examples by heart: better and better on those, but not on new ones.',
  padding: 'Whether zeros are put around the image. With them (“same”) the output keeps the size of the input.',
  parameter: 'A number that training changes: a weight or a bias.',
  parity: 'Whether two backends compute the same numbers, up to rounding.',
  pooling: 'Makes an image smaller: of each little square only the largest number, or the mean, goes on.',
  precision: 'Of the answers that name this class, the share that is right.',
  preset: 'A network and its settings, ready to train.',
  recall: 'Of the examples that belong to this class, the share that was recognised.',
  ReLU: 'An activation: negative numbers become 0, and all others stay as they are.',
  saliency: 'How much each pixel adds to the score of a class, or takes away from it.',
  schedule: 'How the learning rate changes during training, for example downwards towards the end.',
  seed: 'The number that all random choices start from. The same seed gives the same run again.',
  SGD: 'Stochastic gradient descent: each step follows the gradient of one batch, downhill.',
  sigmoid: 'An activation: an S-shaped curve that squeezes any number to between 0 and 1.',
  softmax: 'Turns the scores of all classes into shares between 0 and 1 that add up to 1.',
  standardised: 'Scaled so that each pixel has mean 0 and spread 1 over the training set.',
  step: 'One batch goes through the network, and then the weights change a little.',
  stride: 'How many pixels a filter moves at a time.',
  synthetic: 'Made by the program, not by a person: here, digits that it writes itself.',
  'test accuracy':
    'The share of the test set that the network gets right. It never learns from those examples, so this is what counts.',
  'test set': 'Examples that the network never learns from. They show how well it does on something new.',
  throughput: 'How many examples the network learns from each second.',
  'train loss': 'How wrong the answers are on the batches that the network learns from. Training makes it smaller.',
  'training set': 'The examples that the network learns from.',
  validation: 'Training examples that are held back, to compare settings without using up the test set.',
  'warm-up': 'A start with a small learning rate that grows to its full size.',
  weight: 'A number that says how strongly a neuron listens to one of its inputs. A negative one counts against.',
  'weight decay': 'Pulling all weights a little towards zero in each step, so that none grows without need.',
} as const satisfies Readonly<Record<string, string>>

export type TermName = keyof typeof glossary
