// Labels that stand for no class.

/** Label of a row that fills up the last batch of a pass: no loss, no gradient, no hit. */
export const NO_LABEL = 255

/**
 * Label of a drawing that is no digit: the number of classes. The network is taught to be undecided about it: the target is
 * spread evenly over all classes, as in outlier exposure (Hendrycks, Mazeika & Dietterich 2019, section 3), or zero for each
 * where outputs stand by themselves. It counts as read where no class has half.
 */
export const NO_DIGIT = 10
