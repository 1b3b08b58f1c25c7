// The desktop application as a folder, with the Electron that this machine has: no download. `npm run package` makes the installers.
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { requireElectron } from '../test/support/electron/electron.ts';

const { executablePath, version, what } = await requireElectron();
console.log(`packaged with ${what}`);
execFileSync('electron-builder', ['--dir', '--publish', 'never', '--config', 'packaging/electron-builder.mjs'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, VFXLP_ELECTRON_DIST: dirname(executablePath), VFXLP_ELECTRON_VERSION: version },
});
