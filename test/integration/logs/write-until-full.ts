// Writes a log of the console on a disk that becomes full (the limit of file sizes it was started with) and works again later.
import { spawnSync } from 'node:child_process';
import { RotatingLog } from '../../../main/logs/rotating-log.ts';

// Without a listener the signal ends the process; with it the write fails, after what the limit lets in.
process.on('SIGXFSZ', () => undefined);
const [, , dir = ''] = process.argv;
const told: string[] = [];
const log = new RotatingLog({
  dir,
  name: 'events',
  maxBytes: 1e9,
  keep: 3,
  onError: ({ message }) => told.push(message),
  onNote: (text) => told.push(text),
});
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
let lines = 0;
const write = (): void => {
  lines += 1;
  log.write(`${lines} ${'x'.repeat(100)}`);
};
while (told.length === 0) {
  for (let i = 0; i < 70; i += 1) write();
  await turn();
}
for (let i = 0; i < 200; i += 1) write();
await turn();
spawnSync('prlimit', [`--pid=${process.pid}`, '--fsize=unlimited']);
while (told.length < 2) {
  write();
  await turn();
}
await log.close();
process.stdout.write(JSON.stringify({ lines, told }));
