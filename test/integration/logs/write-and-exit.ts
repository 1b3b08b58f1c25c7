// Writes events and ends at once, for the test that none is lost: arguments are the socket of the process that writes the logs, and exit or crash, which is the LP's name, too.
import { ProviderLogs } from '../../../main/logs/provider-logs.ts';

const [, , socket = '', how = ''] = process.argv;
const logs = new ProviderLogs({
  socket,
  onError: (error) => {
    throw error;
  },
  onNote: () => undefined,
});
process.on('exit', () => logs.flushSync());
for (let n = 0; n < 500; n += 1) {
  logs.write({
    n,
    provider: how,
    atMs: Date.now(),
    event: 'Logon',
    level: 'info',
    direction: null,
    text: `event ${n}`,
    seqIn: n,
    seqOut: n,
  });
  // Until it is connected, however busy the machine is.
  if (n === 250) await new Promise((resolve) => setTimeout(resolve, 500));
}
if (how === 'crash') throw new Error('crashed on purpose');
process.exit(0);
