// Starts the desktop console. The electron package fetches its binary on first use; where it cannot, this says what to do instead.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

let binary;
try {
  ({ default: binary } = await import('electron'));
} catch (error) {
  console.error(`\nElectron's binary is not installed, and it could not be fetched from GitHub: ${String(error).split('\n')[0]}`);
  console.error('Run the same console in a browser instead: npm run serve');
  process.exit(1);
}
const child = spawn(binary, ['.', ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl+C reaches the whole group: Electron logs every session out before it ends, and this waits for it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
const [code] = await once(child, 'exit');
process.exit(code ?? 1);
