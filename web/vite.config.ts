import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The server that the development page talks to; `make run` listens there.
const backend = process.env.PARLEY_BACKEND ?? 'http://localhost:8080';

export default defineConfig({
  resolve: { alias: { '@parley/client': fileURLToPath(new URL('src/client/index.ts', import.meta.url)) } },
  build: {
    target: 'es2022',
    // dist/.keep is tracked so that Go can embed the folder before a build.
    emptyOutDir: true,
    // Small assets inlined as data: URLs would break the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // Vite empties dist, so the tracked file comes from public/.
  publicDir: 'public',
  server: {
    proxy: { '/api': { target: backend, ws: true } },
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    restoreMocks: true,
  },
});
