import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { DEFAULT_SESSION } from './main/contracts/lp-config.ts';

/** What main/contracts/session-defaults.ts has computed, instead of how. */
const sessionDefaults = {
  name: 'session-defaults',
  load: (id: string): string | null =>
    id.endsWith('/main/contracts/session-defaults.ts')
      ? `export const DEFAULT_SESSION = ${JSON.stringify(DEFAULT_SESSION)};`
      : null,
};

export default defineConfig({
  main: {
    plugins: [sessionDefaults],
    build: {
      outDir: 'out/main',
      sourcemap: true,
      rollupOptions: {
        input: {
          desktop: 'main/desktop.ts',
          serve: 'main/serve.ts',
          engine: 'main/engine/entry.ts',
          'latch-writer': 'main/sessions/kill/latch-writer.ts',
          'reading-thread': 'main/reading/reading-thread.ts',
          cli: 'main/cli.ts',
          simulator: 'test/simulator/main.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: 'preload/index.ts' },
        // A sandboxed preload script must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react({ jsxImportSource: '#visible' })],
    build: {
      outDir: 'out/renderer',
      rollupOptions: { input: 'renderer/index.html' },
    },
  },
});
