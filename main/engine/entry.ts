import { parseCommandLine, type StandAlone, USAGE } from './command-line.ts';
import { Engine } from './engine.ts';
import { type ParentPort, parentPort } from './parent-port.ts';
import { reflect } from './reflect.ts';

/** Longest wait for an orderly end on SIGTERM beyond LogoutAckThreshold. */
const EXIT_GRACE_MS = 1000;

/** Whatever ends this process, what it has is flushed first. */
function flushAtTheEnd(engine: Engine): void {
  process.on('uncaughtException', (error) => {
    engine.flush();
    process.stderr.write(`The engine ends because of a defect: ${error.stack ?? error.message}\n`);
    process.exit(70);
  });
}

function runSupervised(port: ParentPort): void {
  const engine = new Engine({
    report: (report) => port.send(report),
    application: () => null,
    applicationOptions: { supportedMsgTypes: null, neverResendMsgTypes: [] },
    exit: (code) => process.exit(code),
  });
  flushAtTheEnd(engine);
  port.onCommand((command) => engine.command(command));
  port.onGone(() => engine.stop(0));
  // The end of a service or Ctrl+C reaches the whole process group, the Session Manager too: it logs its engines out and stops them.
  // Should it not, its own end does (onGone).
  process.on('SIGTERM', () => engine.logout('Shutting down', { code: 'shutdown' }));
  process.on('SIGINT', () => undefined);
}

function runStandAlone({ settings, target, applicationOptions, reflect: reflects, reconnectMs }: StandAlone): void {
  let ending = false;
  const engine = new Engine({
    report: (report) => {
      if (report.type !== 'stats') process.stdout.write(`${JSON.stringify(report)}\n`);
      if (report.type === 'ready') connect();
      if (report.type !== 'disconnected') return;
      if (ending) engine.stop(0);
      else setTimeout(connect, reconnectMs);
    },
    application: reflects ? reflect : () => null,
    applicationOptions,
    exit: (code) => process.exit(code),
  });
  const connect = (): void => {
    if (!ending) engine.command({ type: 'connect', target, resetSequence: false });
  };
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => engine.stop(0), settings.session.logoutAckMs + EXIT_GRACE_MS);
    engine.logout('Shutting down', { code: 'shutdown' });
  };
  flushAtTheEnd(engine);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  engine.command({ type: 'start', settings });
}

function main(): void {
  const port = parentPort();
  if (port !== null) {
    runSupervised(port);
    return;
  }
  try {
    runStandAlone(parseCommandLine(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(64);
  }
}

main();
