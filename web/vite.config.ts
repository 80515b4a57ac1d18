import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:8080';

export default defineConfig({
  build: {
    outDir: '../server/page',
    emptyOutDir: true,
    target: 'es2022',
    // light-dark() and popovers are the newest things the page leans on.
    cssTarget: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
    // Inlined assets would be data: URLs, which the page's policy allows for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 450,
    reportCompressedSize: true,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/hls', '/v1'].map((path) => [path, server])),
  },
});
