import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KillIncident } from '../../main/contracts/kill.ts';
import type { LpState, LpView, TimelineEvent } from '../../main/contracts/lp-view.ts';
import { openSessionStarts } from '../../main/sessions/connect/session-starts.ts';
import type { EventConfirmation } from '../../main/sessions/kill/event-confirmation.ts';
import type { ReadMessages } from '../../main/sessions/kill/evidence.ts';
import type { LatchStore } from '../../main/sessions/kill/latch-store.ts';
import { openLatchStore } from '../../main/sessions/kill/latch-store.ts';
import { SessionManager } from '../../main/sessions/session-manager.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { FakeLauncher } from './fake-engine.ts';
import { FakeTunnels } from './fake-tunnels.ts';
import { MemoryDatabase } from './memory-database.ts';
import { PlainLatchDisk } from './plain-latch-disk.ts';

export interface DeskOptions {
  readonly host?: string;
  readonly clock?: FakeClock;
  readonly database?: MemoryDatabase;
  readonly dataDir?: string;
  readonly random?: () => number;
  readonly disk?: (dataDir: string, note: (what: string) => void) => PlainLatchDisk;
  /** The connection that proves ownership is not there yet. */
  readonly notOwnable?: boolean;
  readonly confirmation?: EventConfirmation;
  readonly readMessages?: ReadMessages;
  readonly eventLog?: { write(event: TimelineEvent): void };
}

/** One console's Session Manager with fakes at its ports and a real latch file; `journal` is what reached them, in order. */
export class SessionDesk {
  readonly host: string;
  readonly clock: FakeClock;
  readonly database: MemoryDatabase;
  readonly launcher: FakeLauncher;
  readonly tunnels: FakeTunnels;
  readonly manager: SessionManager;
  readonly dataDir: string;
  readonly disk: PlainLatchDisk;
  readonly latches: LatchStore;
  readonly journal: string[];
  readonly errors: unknown[] = [];
  readonly defects: unknown[] = [];
  readonly states: LpState['kind'][] = [];
  readonly settled: KillIncident[] = [];
  /** Something cannot be ended here, and is watched for ever. */
  leaves = false;
  ownable: boolean;
  #random: () => number;

  constructor(options: DeskOptions = {}) {
    this.host = options.host ?? 'desk-1/100';
    this.clock = options.clock ?? new FakeClock();
    this.journal = [];
    const note = (what: string): void => {
      this.journal.push(what);
    };
    this.database = options.database ?? new MemoryDatabase(note);
    this.launcher = new FakeLauncher(note);
    this.tunnels = new FakeTunnels(note);
    this.dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'vfxlp-latches-'));
    this.#random = options.random ?? (() => 0.5);
    this.ownable = options.notOwnable !== true;
    const ownership = this.database.ownership(this.host);
    this.disk = options.disk?.(this.dataDir, note) ?? new PlainLatchDisk(this.dataDir);
    this.latches = openLatchStore(this.dataDir, this.clock, this.disk);
    this.manager = new SessionManager({
      clock: this.clock,
      random: () => this.#random(),
      store: this.database.store(),
      ownership: {
        ...ownership,
        acquire: (provider) => {
          if (this.ownable) return ownership.acquire(provider);
          const why = new Error('the connection that proves ownership is being made');
          return Promise.reject(Object.assign(why, { code: '08006' }));
        },
      },
      launcher: this.launcher,
      tunnels: this.tunnels,
      latches: this.latches,
      sessionStarts: openSessionStarts(this.dataDir),
      confirmation: options.confirmation ?? { published: async () => 'off' },
      readMessages: options.readMessages ?? (async () => []),
      eventLog: options.eventLog ?? { write: () => undefined },
      consoleHost: this.host,
      engineSettings: (config, credentials) => ({
        provider: config.provider,
        senderCompId: config.senderCompId,
        targetCompId: config.targetCompId,
        heartBtInt: config.heartBtInt,
        session: config.session,
        credentials,
        storeDir: `store/${config.provider}`,
        logDir: `log/${config.provider}`,
      }),
      databaseError: (error) => this.errors.push(error),
      defect: (error) => this.defects.push(error),
    });
    this.manager.onViews(([provider]) => {
      const kind = provider === undefined ? undefined : this.manager.view(provider)?.state.kind;
      if (kind !== undefined && kind !== this.states.at(-1)) this.states.push(kind);
    });
    this.manager.onKillSettled((incident) => this.settled.push(incident));
  }

  set random(value: number) {
    this.#random = () => value;
  }

  async start(): Promise<void> {
    await this.manager.start();
    await settle();
  }

  view(provider = 'LP-A'): LpView {
    const view = this.manager.view(provider);
    if (view === null) throw new Error(`${provider} is not shown`);
    return view;
  }

  state(provider = 'LP-A'): LpState['kind'] {
    return this.view(provider).state.kind;
  }

  /** Runs time in small steps until the promise is settled, at most 30 s. */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const mark = (): void => {
      done = true;
    };
    promise.then(mark, mark);
    for (let ms = 0; ms < 30_000; ms += 50) {
      await settle();
      if (done) return promise;
      await this.clock.advance(50);
    }
    throw new Error('not settled within 30 s');
  }

  kill(...providers: string[]): KillIncident {
    const result = this.manager.kill(providers, 'lp', 'trader', 'runaway');
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  }

  /** Kills and waits until it is known what became of each LP. */
  async killAndSettle(...providers: string[]): Promise<KillIncident> {
    return this.finish(this.manager.killSettled(this.kill(...providers).id));
  }

  async close(): Promise<void> {
    await this.finish(this.manager.stop());
    await this.latches.close();
  }

  removeFolder(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** A test with desks that are closed after it; an engine, tunnel or timer that is left then fails it. */
export const deskTest = test.extend<{ desk: (options?: DeskOptions) => SessionDesk }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures that are needed from the pattern
  desk: async ({}, use) => {
    const desks: SessionDesk[] = [];
    await use((options) => {
      const desk = new SessionDesk(options);
      desks.push(desk);
      return desk;
    });
    for (const desk of desks) {
      if (desk.database.away) desk.database.comeBack();
      await desk.close();
    }
    for (const desk of desks) {
      desk.removeFolder();
      expect(desk.launcher.alive().filter(({ script }) => script.health !== 'immortal')).toEqual([]);
      expect(desk.tunnels.alive().filter(({ stops }) => stops !== 'immortal')).toEqual([]);
      if (!desk.leaves) expect(desk.clock.waiting).toBe(0);
    }
  },
});
