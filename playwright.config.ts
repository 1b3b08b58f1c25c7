import { defineConfig } from '@playwright/test';
import type { DeskOptions } from './test/e2e/desk.ts';
import { electronBinary } from './test/e2e/electron-binary.ts';

const electron = electronBinary();
if (electron === null) {
  const why = "Electron's binary is not installed (npx install-electron --no fetches it)";
  if (process.env['VFXLP_REQUIRE_ELECTRON'] === '1') throw new Error(why);
  if (process.env['TEST_WORKER_INDEX'] === undefined)
    console.log(`end-to-end: project electron does not run: ${why}. Project browser runs.`);
}

/** One set of specs, two ways to the same main code: Chromium on the browser console, and Electron's window where its binary is. */
export default defineConfig<object, DeskOptions>({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list']],
  projects: [
    { name: 'browser', use: { shell: 'browser' } },
    ...(electron === null ? [] : [{ name: 'electron', use: { shell: 'electron' as const } }]),
  ],
});
