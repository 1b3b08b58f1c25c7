// Writes events and ends at once, for the test that none is lost: arguments are the log folder, and exit or crash.
import { ProviderLogs } from '../../../main/logs/provider-logs.ts';

const [, , fixLogDir = '', how] = process.argv;
const logs = new ProviderLogs({
  fixLogDir,
  onError: (error) => {
    throw error;
  },
});
process.on('exit', () => logs.flushSync());
for (let n = 0; n < 500; n += 1) {
  logs.write({
    n,
    provider: 'LP-X',
    atMs: Date.now(),
    event: 'Logon',
    level: 'info',
    direction: null,
    text: `event ${n}`,
    seqIn: n,
    seqOut: n,
  });
  if (n === 250) await new Promise((resolve) => setTimeout(resolve, 50));
}
if (how === 'crash') throw new Error('crashed on purpose');
process.exit(0);
