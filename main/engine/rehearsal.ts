import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../base/errors.ts';
import { removesOpenFiles } from '../base/platform.ts';
import type { EngineCommand, EngineReport, EngineSettings } from '../contracts/engine-protocol.ts';
import type { Dictionary } from '../fix/codec/dictionary.ts';
import { ScratchLp } from './scratch-lp.ts';
import { type ApplicationOptions, sessionSettings } from './session-settings.ts';

/** Of the 300 ms from the engine's start to its Logon. */
const REHEARSAL_MS = 80;
/** Bursts, each with some TestRequests after it. */
const ROUNDS = 60;
/** Of its time: the end of a session, which a kill must not be the first to play, keeps the rest. */
const SHARE_OF_MESSAGES = 0.85;

/** An engine like the one that rehearses, in this process, whose reports go to `report`. */
interface Understudy {
  command(command: Exclude<EngineCommand, { type: 'owned-until' }>): void;
  stop(code: number): void;
}

/** Of the LP's settings those that decide which code a message runs through; nothing of its names and secrets, nothing in its folders. */
function scratchSettings(settings: EngineSettings, folder: string): EngineSettings {
  return {
    provider: 'rehearsal',
    senderCompId: 'HERE',
    targetCompId: 'THERE',
    heartBtInt: settings.heartBtInt,
    session: {
      ...settings.session,
      senderSubId: null,
      targetSubId: null,
      secretTags: [],
      resetOnLogon: false,
      sendNextExpected: false,
      // The scratch LP says the same over and over.
      sendingTimeThresholdMs: 86_400_000,
    },
    credentials: { username: null, password: null, newPassword: null, logonTags: [] },
    storeDir: join(folder, 'store'),
    logDir: join(folder, 'log'),
    ...(settings.logSocket === undefined ? {} : { logSocket: settings.logSocket }),
  };
}

/**
 * Plays a session before the real one: an engine of its own, with socket, store and log, logs on to a scratch LP over loopback, takes bursts of
 * messages, answers TestRequests, and is killed. The just-in-time compiler has seen all of the code then, with the very objects that it will see:
 * without this the first messages after the Logon, often the burst that matters, take several times as long.
 *
 * @param engine makes the engine that plays ours
 * @param limitMs ends it: a slow machine is not kept from connecting
 * @returns what the scratch LP wrote and had answered; 0 where there is no loopback or no folder to play in: then the first messages are slow
 */
export async function rehearse(
  engine: (report: (report: EngineReport) => void) => Understudy,
  settings: EngineSettings,
  application: ApplicationOptions,
  dictionary: Dictionary,
  limitMs = REHEARSAL_MS,
): Promise<number> {
  const startMs = performance.now();
  const endMs = startMs + limitMs;
  const partingMs = startMs + limitMs * SHARE_OF_MESSAGES;
  const stage = new Stage();
  try {
    const scratch = scratchSettings(settings, stage.folder());
    const port = await stage.listen();
    const lp = new ScratchLp(sessionSettings(scratch, application), dictionary, ROUNDS);
    return await new Promise<number>((resolve) => {
      stage.over = () => resolve(lp.answered);
      stage.timer = setTimeout(stage.over, Math.max(0, endMs - performance.now()));
      const played = engine((report) => {
        if (report.type === 'ready') {
          // Its files are open: nothing stays behind, even if this process is killed now. Windows removes no open file.
          if (removesOpenFiles()) stage.clear();
          played.command({ type: 'connect', target: { host: '127.0.0.1', port, tunnel: false } });
        } else if (report.type === 'disconnected') stage.over();
      });
      stage.leave = () => played.stop(0);
      stage.server.on('connection', (socket) => {
        stage.server.close();
        stage.sockets.push(socket.setNoDelay(true).on('error', stage.over).on('close', stage.over));
        let parting = false;
        socket.on('data', (bytes) => {
          const next = !parting && performance.now() < partingMs ? lp.next(bytes) : null;
          if (next === null && !parting) {
            parting = true;
            played.command({ type: 'block-outbound', requestId: 0, parting: null });
            played.command({ type: 'logout', text: 'The rehearsal is over', reason: { code: 'shutdown' } });
            return;
          }
          const act = next ?? lp.logout();
          if (act.rewindTo !== null) played.command({ type: 'set-sequence', requestId: 0, nextIn: act.rewindTo, nextOut: null });
          socket.write(act.bytes);
        });
      });
      played.command({ type: 'start', settings: scratch });
    });
  } catch (error) {
    if (!isErrno(error)) throw error;
    return 0;
  } finally {
    stage.end();
  }
}

/** What a rehearsal uses of the system, to be given back whatever happens. */
class Stage {
  readonly server: Server = createServer();
  readonly sockets: Socket[] = [];
  over: () => void = () => undefined;
  leave: () => void = () => undefined;
  timer: NodeJS.Timeout | undefined;
  #folder: string | null = null;
  /** Also when this process ends in the middle of it. */
  readonly #atExit = (): void => this.clear();

  folder(): string {
    this.#folder = mkdtempSync(join(tmpdir(), 'vfxlp-rehearsal-'));
    process.once('exit', this.#atExit);
    return this.#folder;
  }

  /** @returns the port */
  async listen(): Promise<number> {
    this.server.maxConnections = 1;
    await new Promise<void>((resolve, reject) => {
      this.server.on('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  clear(): void {
    if (this.#folder === null) return;
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch (error) {
      // A few kilobytes in the system's temporary folder are no reason not to connect.
      if (!isErrno(error)) throw error;
    }
  }

  end(): void {
    clearTimeout(this.timer);
    this.leave();
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    this.clear();
    process.off('exit', this.#atExit);
  }
}
