// Entry of the page: mounts the app.

import { mount } from 'svelte'
import './app/fields.css'
import './app/app.css'
import App from './app/App.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no element #app')

/** Whether the address names data of a person's own, which must be known before it is read. */
const named = /[?&]dataset=own\./.test(location.search)

if (named) await (await import('./app/data/own/first')).knowKept()
mount(App, { target })
