// Labels that stand for no class.

/** Label of a row that fills up the last batch of a pass: no loss, no gradient, no hit. */
export const NO_LABEL = 255

/**
 * Label of a drawing of no digit: the number of classes. The network learns to be undecided about it: the target is
 * spread evenly over all classes, as in outlier exposure (Hendrycks, Mazeika & Dietterich 2019, section 3), or zero for each
 * if outputs are independent. It counts as right if no class has half.
 */
export const NO_DIGIT = 10
