import { setFlagsFromString } from 'node:v8';
import { messageOf } from '../base/errors.ts';
import { type ParentPort, parentPort } from '../base/parent-port.ts';
import type { BoundedReport, EngineCommand } from '../contracts/engine-protocol.ts';
import { CONSOLE_SILENT_EXIT } from '../contracts/processes.ts';
import type { StandAlone } from './command-line.ts';
import { Engine } from './engine.ts';
import { LeaseFence } from './lease-fence.ts';
import { reflect } from './reflect.ts';
import { watchSupervisor } from './supervisor-watch.ts';

/** Whatever ends this process, what it has is flushed first. */
function flushAtTheEnd(engine: Engine): void {
  process.on('uncaughtException', (error) => {
    engine.flush();
    process.stderr.write(`The engine ends because of a defect: ${error.stack ?? error.message}\n`);
    process.exit(70);
  });
}

function runSupervised(port: ParentPort<EngineCommand, BoundedReport>): void {
  const engine = new Engine({
    report: (report) => port.send(report),
    application: () => null,
    applicationOptions: { supportedMsgTypes: null, neverResendMsgTypes: [] },
    exit: (code) => process.exit(code),
  });
  flushAtTheEnd(engine);
  const pinged = watchSupervisor(() =>
    engine.end('The console does not answer', { code: 'console-silent' }, CONSOLE_SILENT_EXIT),
  );
  // With its process it leaves the message store, which whoever takes the LP over may share: a console that is frozen ends no engine.
  const unowned = () =>
    engine.end('Ownership cannot be proven', { code: 'database-lost', detail: 'another console may take the LP over' });
  const fence = new LeaseFence({ logOut: unowned, stop: () => engine.stop(0) });
  port.onCommand((command) => {
    if (command.type === 'owned-until') {
      fence.until(command.untilMs);
      return;
    }
    if (command.type === 'connect' && !fence.open) {
      unowned();
      return;
    }
    if (command.type === 'ping') pinged();
    engine.command(command);
  });
  port.onGone(() => engine.stop(0));
  // Asked to end without the Session Manager: orderly, and it sees why. Ctrl+C goes to the whole process group, and it decides.
  process.on('SIGTERM', () => engine.end('Shutting down', { code: 'engine-exit', detail: 'SIGTERM' }));
  process.on('SIGINT', () => undefined);
}

function runStandAlone({ settings, target, applicationOptions, reflect: reflects, reconnectMs }: StandAlone): void {
  const engine = new Engine({
    report: (report) => {
      if (report.type !== 'stats' && report.type !== 'timeline') process.stdout.write(`${JSON.stringify(report)}\n`);
      if (report.type === 'ready') connect();
      if (report.type === 'disconnected') setTimeout(connect, reconnectMs);
    },
    application: reflects ? reflect : () => null,
    applicationOptions,
    exit: (code) => process.exit(code),
  });
  const connect = (): void => {
    if (!engine.ending) engine.command({ type: 'connect', target });
  };
  const end = (): void => engine.end('Shutting down', { code: 'shutdown' });
  flushAtTheEnd(engine);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  engine.command({ type: 'start', settings });
}

/**
 * What has run this often is compiled with the best compiler. By itself V8 waits for 3,000 times, which is more than a day of heartbeats on an idle
 * session: until then each answer takes nearly twice as long. The V8 of Node 20 has no such number.
 */
function compileEarly(): void {
  if (Number.parseInt(process.versions.v8, 10) >= 12) setFlagsFromString('--invocation-count-for-turbofan=500');
}

async function main(): Promise<void> {
  compileEarly();
  const port = parentPort<EngineCommand, BoundedReport>();
  if (port !== null) {
    runSupervised(port);
    return;
  }
  // Its store and its log are for its own user only, whoever starts it.
  process.umask(0o077);
  // The defaults of the command line are the schema's: an engine under the console needs neither, and starts without them.
  const { parseCommandLine, USAGE } = await import('./command-line.ts');
  // What else an engine's V8 is told can only be said when its process is started.
  setFlagsFromString('--no-maglev');
  try {
    runStandAlone(parseCommandLine(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    process.exit(64);
  }
}

void main();
