// Entry of the page: mounts the app.

import { mount } from 'svelte'
import './app/fields.css'
import './app/app.css'
import App from './app/App.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no element #app')

mount(App, { target })
