// Writes a FIX log on a disk that becomes full (the limit of file sizes it was started with) and works again later. Arguments: the folder.
import { spawnSync } from 'node:child_process';
import { FixLog } from '../../../main/engine/log/fix-log.ts';

// Without a listener the signal ends the process; with it the write fails, after what the limit lets in.
process.on('SIGXFSZ', () => undefined);
const [, , dir = ''] = process.argv;
let refused = false;
let recovered = false;
const told: string[] = [];
const log = new FixLog(
  {
    dir,
    maxBytes: 1e9,
    keep: 5,
    onError: (error) => {
      refused = true;
      told.push(`error ${error.message}`);
    },
    onNote: (text) => {
      recovered = true;
      told.push(text);
    },
  },
  Date.now(),
);
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
let n = 0;
const write = (): void => {
  n += 1;
  const message = `8=FIX.4.4\x0134=${n}\x0158=${'x'.repeat(60)}\x0110=000\x01`;
  log.append('in', Buffer.from(message), 0, message.length);
};
while (!refused) {
  for (let i = 0; i < 50; i += 1) write();
  await turn();
}
// While it is full: at once, and in a burst.
write();
log.flushSync();
for (let i = 0; i < 2_000; i += 1) write();
await turn();
spawnSync('prlimit', [`--pid=${process.pid}`, '--fsize=unlimited']);
while (!recovered) {
  write();
  await turn();
}
log.close();
process.stdout.write(JSON.stringify({ written: n, told }));
