// Measurements of the built page in a real browser: prints numbers, asserts none. `npm run bench` builds first.

import tests from '../browser/playwright.config'

const { projects = [], ...common } = tests

export default {
  ...common,
  testDir: '.',
  timeout: 3_600_000,
  projects: projects.map(({ name, use }) => ({ name, use, testMatch: '*.bench.ts' })),
}
