// The script of the widgets' workers, which comes inside the module: a worker has no other file to start one from, so this is all of
// them, and a worker's name says which. The build makes it a classic script: see src/build/widgets.ts.

switch (self.name) {
  case 'synthetic':
    void import('../session/synthetic-thread')
    break
  case 'helper':
    void import('../backends/wasm/thread')
    break
  default:
    void import('../session/worker')
}
