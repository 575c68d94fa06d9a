// A helper thread of the WebAssembly backend: its own instance of the kernels over the shared memory.

import { help, type HelperStart } from './job'
import { instantiate, type WasmKernel } from './module'

addEventListener('message', ({ data }: MessageEvent<HelperStart>) => {
  const exports = instantiate(data.module, data.memory)
  const kernels = data.names.map((name) => exports[name] as WasmKernel)
  postMessage('ready')
  help(data.words, kernels)
})
