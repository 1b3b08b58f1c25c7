import { defineConfig } from '@playwright/test';
import type { DeskOptions } from './test/e2e/desk.ts';
import { findElectron } from './test/support/electron/electron.ts';

const electron = findElectron();
if (electron === null)
  throw new Error('There is no Electron on this machine for the project electron: npm run tools fetches one.');
if (process.env['TEST_WORKER_INDEX'] === undefined) console.log(`end-to-end: project electron runs in ${electron.what}`);

/** One set of specs, two ways to the same main code: Chromium on the browser console, and Electron's window. */
export default defineConfig<object, DeskOptions>({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list']],
  projects: [
    // What only a window can show is a spec of its own.
    { name: 'browser', testIgnore: /(desktop.*|packaged)\.spec\.ts$/, use: { shell: 'browser' } },
    { name: 'electron', testIgnore: /packaged\.spec\.ts$/, use: { shell: 'electron' } },
    { name: 'package', testMatch: /packaged\.spec\.ts$/, use: { shell: 'package' } },
  ],
});
