// What to say where code that is loaded when it is needed does not come.

export const NOT_LOADED = 'This part of the page could not be loaded. Try again when the site can be reached.'
