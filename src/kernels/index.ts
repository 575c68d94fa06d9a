// All kernels. Layers and optimizers get them from the builder of a plan and import only their types. So the page, which
// describes networks but runs none, loads no shaders and no reference loops: 15 kB less script.

export * from './activate'
export * from './batch-norm'
export * from './clip'
export * from './convolution'
export * from './dense'
export * from './dense-head'
export * from './dense-update'
export * from './dropout'
export * from './flatten'
export * from './gather'
export * from './gather-augmented'
export * from './gather-features'
export * from './losses'
export * from './metrics'
export * from './optimizers'
export * from './pooling'
