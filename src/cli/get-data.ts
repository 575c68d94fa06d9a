// `npm run data`: gets a data set that is not among the packages of npm, or tells which data sets are here.

import { dataFolder, dataSources, isHere, sourceOf, type DataSource } from '../build/data-files'
import { getData } from '../build/get-data'
import { Failure, Interrupted, messageOf, UsageError } from './errors'
import { exitCodes, main } from './main'
import { parseNamed } from './options'

const help = `Gets a data set for the page and the command line.

  npm run data                         lists the data sets, and which are here
  npm run data -- NAME                 gets one, or gets it anew
  npm run data -- NAME --from FOLDER   takes its files from this folder, packed or not
  --help                               prints this

Every file is checked. Exit codes: 0 it is here, 1 it could not be found or downloaded, 2 wrong options, 130 interrupted.`

const here = (source: DataSource) => (isHere(source) ? 'here' : `to get it: npm run data -- ${source.dataset.id}`)

function list(): string {
  const width = Math.max(...dataSources.map(({ dataset }) => dataset.id.length))
  return dataSources
    .map((source) => `  ${source.dataset.id.padEnd(width)}  ${source.dataset.title}, ${here(source)}`)
    .join('\n')
}

await main(async (args, signal) => {
  const { name, options } = parseNamed(args, { from: { type: 'string' }, help: { type: 'boolean', default: false } })
  if (options.help) {
    console.log(help)
    return exitCodes.finished
  }
  if (name === undefined) {
    console.log(`Data sets:\n${list()}`)
    return exitCodes.finished
  }
  const source = sourceOf(name)
  if (!source) throw new UsageError(`There is no data set "${name}". The data sets are:\n${list()}`)
  const { origin, dataset } = source
  if (!origin) {
    console.log(`${dataset.title} comes with "npm ci" and is here.`)
    return exitCodes.finished
  }

  let shown = -1
  try {
    await getData(
      { ...source, origin },
      {
        folder: dataFolder,
        from: options.from,
        signal,
        tell: (line) => console.error(line),
        arrived(file, bytes, total) {
          const percent = total > 0 ? Math.floor((100 * bytes) / total) : 0
          if (percent === shown || !process.stderr.isTTY) return
          shown = percent
          process.stderr.write(percent < 100 ? `\r  ${file}: ${percent}%` : '\r')
        },
      },
    )
  } catch (error) {
    if (signal.aborted) throw new Interrupted()
    throw new Failure(messageOf(error))
  }
  console.log(
    `${dataset.title} is here. The page offers it after the next build, for example by "npm start"; ` +
      `in the terminal: npm run train -- --dataset ${name}`,
  )
  return exitCodes.finished
})
