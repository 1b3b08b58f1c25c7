import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { type BreakableLink, openLink } from '../integration/console/breakable-link.ts';
import type { TestDatabase, TestPostgres } from '../support/postgres.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';
import type { Attacked } from './fault-rows.ts';
import { descriptorsOf, type Footprint, processesBelow, processKinds } from './footprint.ts';
import { unheard } from './unheard.ts';
import { WitnessLp } from './witness-lp.ts';

const WITHIN_MS = 30_000;
/** In a namespace of its own a console cannot see the processes of the other: leases must be waited for, as on another machine. */
const APART = ['unshare', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--pid', '--fork', '--kill-child'];

/** One of them, with a way to the database of its own. */
export interface Side {
  readonly serve: ServeProcess;
  readonly link: BreakableLink;
}

/** The console itself, and not what it was started by. */
export function pidOf({ serve }: Side): number {
  const [console] = processesBelow(serve.child.pid ?? -1);
  if (console === undefined) throw new Error('the console has ended');
  return console.pid;
}

/** Two consoles on one database that have one LP between them, and a message store that both share: whoever takes over goes on with the numbers. */
export class TwoConsoles implements Attacked {
  readonly lp: WitnessLp;
  readonly db: TestDatabase;
  /** Off where engines are ended by force, and take lines of their last 50 ms with them. */
  logsAreWhole = true;
  readonly #dir: string;
  readonly #sides: Side[] = [];
  readonly #fixLogs: string[] = [];

  private constructor(dir: string, db: TestDatabase, lp: WitnessLp) {
    this.#dir = dir;
    this.db = db;
    this.lp = lp;
  }

  /** @returns why there can be none, in words, where this user may have no process namespaces */
  static async open(postgres: TestPostgres): Promise<TwoConsoles | string> {
    try {
      execFileSync(APART[0] ?? '', [...APART.slice(1), 'true'], { stdio: 'pipe' });
    } catch (error) {
      return `no process namespace: ${error instanceof Error ? error.message.trim() : String(error)}`;
    }
    const dir = mkdtempSync(join(tmpdir(), 'vfxlp-consoles-'));
    mkdirSync(join(dir, 'store'));
    const two = new TwoConsoles(dir, await postgres.createDatabase(), await WitnessLp.listen('LP1'));
    await two.db.sql(
      `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", "HeartBtInt", retry, desired)
       VALUES ('LP-1', '127.0.0.1', $1, 'DESK', 'LP1', 2, '{"baseMs": 150, "logonBaseMs": 150, "capMs": 400}', 'active')`,
      [two.lp.port],
    );
    await two.#start();
    await until('the first console logs on', () => two.lp.loggedOn || null);
    await two.#start();
    two.lp.stream(20);
    return two;
  }

  async #start(): Promise<void> {
    const link = await openLink(this.db.url);
    const dataDir = mkdtempSync(join(this.#dir, 'console-'));
    symlinkSync(join(this.#dir, 'store'), join(dataDir, 'store'));
    const serve = await startServe(link.url, { under: APART, dataDir });
    this.#sides.push({ serve, link });
    this.#fixLogs.push(join(serve.fixLogDir, 'LP-1', 'fix.log'));
  }

  /** Who runs the LP, once `whole`, and who does not. */
  async parts(): Promise<{ readonly owner: Side; readonly other: Side }> {
    return until('one console runs the LP, and the other says so', async () => {
      const views = await Promise.all(this.#sides.map(viewOf));
      const [owner, other] = ['logged-on', 'foreign'].map(
        (kind) => this.#sides[views.findIndex((view) => view.state.kind === kind)],
      );
      return owner === undefined || other === undefined ? null : { owner, other };
    });
  }

  well(): Promise<void> {
    return this.whole();
  }

  /** One runs the LP, the other says so, both have renewed their lease and told each other, and the row tells of a session. */
  async whole(): Promise<void> {
    const goOn = this.lp.hold();
    try {
      const { owner } = await this.parts();
      const leases = async (): Promise<number[]> => {
        const rows = await this.db.sql(
          `SELECT extract(epoch FROM lease_until)::float8 AS until FROM vfxlp_consoles WHERE NOT alone AND lease_until > now() ORDER BY console_id`,
        );
        return rows.map((row) => Number(row['until']));
      };
      const before = await until('two consoles with a lease', async () => {
        const now = await leases();
        return now.length === 2 ? now : null;
      });
      // What a beat learns its engine is told with the next.
      await until('both renew it', async () => {
        const now = await leases();
        return (now.length === 2 && now.every((until, i) => until > (before[i] ?? Number.POSITIVE_INFINITY))) || null;
      });
      await until('status 1', async () => {
        const [row] = await this.db.sql('SELECT status FROM "vfx_LPProviderConfig"');
        return row?.['status'] === 1 || null;
      });
      await until('the same numbers on both sides', async () => {
        const { stats } = await viewOf(owner);
        return (stats?.nextIn === this.lp.nextOut && stats.nextOut === this.lp.expectedIn) || null;
      });
    } finally {
      goOn();
    }
  }

  /** The id of the console that has the LP. */
  async ownerId(): Promise<unknown> {
    return (await this.db.sql('SELECT console_id FROM vfxlp_ownership'))[0]?.['console_id'];
  }

  lost(): string | null {
    const words = [...this.lp.complaints];
    if (this.logsAreWhole) words.push(...[unheard(this.lp, this.#fixLogs) ?? []].flat());
    return words.length === 0 ? null : words.join('; ');
  }

  /** Of both together: what one gives up the other takes. */
  footprint(): Footprint {
    return {
      processes: this.#sides.flatMap(({ serve }) => processKinds(serve.child.pid ?? -1)).sort(),
      descriptors: this.#sides.reduce((sum, side) => sum + descriptorsOf(pidOf(side)), 0),
      files: [],
    };
  }

  /** Another console in the place of one that has ended. */
  async replace(side: Side): Promise<void> {
    this.#sides.splice(this.#sides.indexOf(side), 1);
    await side.serve.dispose();
    side.link.close();
    await this.#start();
  }

  async close(): Promise<string | null> {
    for (const { serve, link } of this.#sides) {
      for (const { pid } of processesBelow(serve.child.pid ?? -1)) process.kill(pid, 'SIGCONT');
      await serve.dispose();
      link.close();
    }
    await this.lp.close();
    await this.db.drop();
    rmSync(this.#dir, { recursive: true, force: true });
    return null;
  }
}

export async function kill({ serve }: Side): Promise<void> {
  const gone = once(serve.child, 'exit');
  serve.child.kill('SIGKILL');
  await gone;
}

async function viewOf({ serve }: Side): Promise<LpView> {
  const { lps } = (await serve.api('GET', '/lps')) as { lps: readonly LpView[] };
  const [view] = lps;
  if (view === undefined) throw new Error('the console has no LP');
  return view;
}

/** Asks until there is an answer. @throws Error naming `what` */
export function until<T>(what: string, look: () => T | null | Promise<T | null>, withinMs = WITHIN_MS): Promise<T> {
  return vi.waitFor(
    async () => {
      const found = await look();
      if (found === null) throw new Error(`not within ${withinMs} ms: ${what}`);
      return found;
    },
    { timeout: withinMs, interval: 50 },
  );
}
