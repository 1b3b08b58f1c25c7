// A console that does nothing but hold a tunnel, for the test that kills it: prints the pid of its stunnel.
import { systemClock } from '../../../main/base/clock.ts';
import { DEFAULT_RETRY, DEFAULT_SESSION, DEFAULT_TUNNEL } from '../../../main/contracts/lp-config.ts';
import { StunnelManager } from '../../../main/stunnel/stunnel-manager.ts';

const log = { write: () => undefined, close: () => undefined };
const manager = new StunnelManager({
  logs: { open: () => log },
  clock: systemClock,
  env: process.env,
  dataDir: process.argv[3] ?? '',
});
const target = { host: 'localhost', port: 1 };
const started = await manager.start(
  {
    provider: 'LP-KILLED',
    ...target,
    senderCompId: 'VFXLP',
    targetCompId: 'LPSIM',
    heartBtInt: 30,
    ssl: true,
    retry: DEFAULT_RETRY,
    tunnel: { ...DEFAULT_TUNNEL, caFile: process.argv[2] ?? null },
    session: DEFAULT_SESSION,
    username: null,
    hasPassword: false,
    hasNewPassword: false,
    secretsToEnter: [],
    version: 1,
  },
  target,
  new AbortController().signal,
);
console.log(started.ok ? started.tunnel.pid : started.reason);
setInterval(() => undefined, 60_000);
