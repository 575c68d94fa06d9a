// The kernels that WebAssembly makes fast, in AssemblyScript. A kernel `some-name` is `someName(call, scratch, part, parts)` here:
// `call` points to its constants and then its buffers, in the order of its definition in src/kernels/. Each call does one part of the
// work, and the result does not depend on the number of parts. `someNameScratch(call)` returns the bytes of scratch that each part
// needs, if any. Addresses are bytes.

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
