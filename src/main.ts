// Entry of the page: mounts the app.

import { mount } from 'svelte'
import './app/fields.css'
import './app/app.css'
import App from './app/App.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no element #app')

/** Whether the address names data of a person's own, which must be known before it is read. */
const named = /[?&]dataset=own\./.test(location.search)

/** Milliseconds after which the page opens without it: a database may not answer. */
const PATIENCE = 2000

if (named) {
  const known = import('./app/data/own/first').then(({ knowKept }) => knowKept())
  await Promise.race([known.catch(() => {}), new Promise((resolve) => setTimeout(resolve, PATIENCE))])
}
mount(App, { target })
