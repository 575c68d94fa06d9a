// How the tests start Chromium: with WebGPU on the CPU (SwiftShader), or without WebGPU.

/**
 * Chromium makes two pages for the address bar of each window, which no test sees and which take a fifth of the time of a load. This list
 * replaces Playwright's own, so the features of that list that a test could meet are here, too.
 */
const absent = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
]

const quiet = [
  `--disable-features=${absent.join(',')}`,
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // measureUserAgentSpecificMemory answers at once, and not within a minute.
  '--enable-blink-features=ForceEagerMeasureMemory',
]

const softwareWebGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
]

/** The browser `npm test` found (CHROME_PATH), else Playwright's own. */
const executable = process.env['CHROME_PATH'] ? { executablePath: process.env['CHROME_PATH'] } : {}

/** Playwright launch options for a Chromium whose WebGPU adapter is SwiftShader. */
export const withWebGPU = { ...executable, args: [...quiet, ...softwareWebGPU] }

/** Playwright launch options for a Chromium that has no WebGPU adapter. */
export const withoutWebGPU = { ...executable, args: quiet }
