// Parts of Prism that its types leave out.

declare module 'prismjs/components/prism-core' {
  const prism: typeof import('prismjs')
  export default prism
}

declare module 'prismjs/components/prism-wgsl' {}
