// The script of all of the widgets' workers, which is part of the module: a worker can start another one only from its own script. The
// name of a worker says which it is. The build makes a classic script of it: see src/build/widgets.ts.

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
