// Fails where there is no wgpu, and says which adapter it runs on.

import { parentPort } from 'node:worker_threads'

// Vitest calls this when it ends a thread. Deno does not have it, and whether its error is heard in time is chance.
if (parentPort) Object.assign(parentPort, { removeAllListeners: () => parentPort })

const adapter = await (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu?.requestAdapter()
if (!adapter)
  throw new Error(
    'Deno found no adapter. A Vulkan driver is missing: on Debian as root, apt-get install mesa-vulkan-drivers',
  )
console.error(`wgpu on ${adapter.info.description || adapter.info.vendor}`)
