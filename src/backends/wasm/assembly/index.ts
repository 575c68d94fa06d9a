// The kernels that WebAssembly makes fast, in AssemblyScript. A kernel `some-name` is `someName(call, scratch, part, parts)` here:
// `call` points to its constants and then its buffers, in the order of its definition in src/kernels/. It does its part of the
// work, whose result does not depend on the number of parts. `someNameScratch(call)` tells how many bytes of scratch each part
// wants, if any. Addresses are bytes.

export * from './activate'
export * from './batch-norm'
export * from './convolution-forward'
export * from './convolution-input-gradient'
export * from './convolution-weight-gradient'
export * from './dense'
export * from './dropout'
export * from './gather'
export * from './gather-augmented'
export * from './losses'
export * from './optimizers'
export * from './pooling'
