// All kernels. Layers and optimizers get them from the one who builds a plan and import only their types, so that the page, which
// describes networks and runs none, goes without shaders and reference loops: 15 kB of its script.

export * from './activate'
export * from './batch-norm'
export * from './clip'
export * from './convolution'
export * from './dense'
export * from './dropout'
export * from './flatten'
export * from './gather'
export * from './gather-augmented'
export * from './gather-features'
export * from './losses'
export * from './metrics'
export * from './optimizers'
export * from './pooling'
