import type { LpView } from '../../../main/contracts/lp-view.ts';
import { INSPECTABLE } from '../../faults/inside.ts';
import { type BreakableLink, openLink } from '../../integration/console/breakable-link.ts';
import { startTestNats, type TestNats } from '../../support/nats.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { type ServeProcess, startServe } from '../../support/serve-process.ts';
import { LpFarm } from './lp-farm.ts';

export const nameOf = (i: number): string => `LP-${i + 1}`;

/** A built console with many LPs, on a database whose way can be lengthened and cut. */
export class KillDesk {
  readonly farm: LpFarm;
  readonly serve: ServeProcess;
  readonly link: BreakableLink;
  readonly nats: TestNats | null;
  readonly db: TestDatabase;
  /** From the start of the console until all were logged on, ms. */
  readonly startMs: number;
  readonly #postgres: TestPostgres;

  private constructor(parts: Pick<KillDesk, 'farm' | 'serve' | 'link' | 'nats' | 'db' | 'startMs'>, postgres: TestPostgres) {
    this.farm = parts.farm;
    this.serve = parts.serve;
    this.link = parts.link;
    this.nats = parts.nats;
    this.db = parts.db;
    this.startMs = parts.startMs;
    this.#postgres = postgres;
  }

  /** @param perSecond messages of each LP */
  static async open(lps: number, perSecond: number, withNats = false): Promise<KillDesk> {
    const [postgres, farm, nats] = await Promise.all([startTestPostgres(), LpFarm.start(lps), withNats ? startTestNats() : null]);
    const db = await postgres.createDatabase();
    const link = await openLink(db.url);
    for (const [i, port] of farm.ports.entries()) {
      await db.sql(
        `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", "HeartBtInt", desired)
         VALUES ($1, '127.0.0.1', $2, 'DESK', $3, 30, 'active')`,
        [nameOf(i), port, `LP${i + 1}`],
      );
    }
    const began = performance.now();
    const env = { ...INSPECTABLE, ...(nats === null ? {} : { VFXLP_NATS_URL: nats.url }) };
    const serve = await startServe(link.url, { env });
    await farm.until('all logged on', (all) => all.every(({ loggedOn }) => loggedOn), 120_000);
    const startMs = performance.now() - began;
    farm.command({ type: 'stream', perSecond });
    return new KillDesk({ farm, serve, link, nats, db, startMs }, postgres);
  }

  async views(): Promise<readonly LpView[]> {
    return ((await this.serve.api('GET', '/lps')) as { lps: readonly LpView[] }).lps;
  }

  kill(i: number): Promise<unknown> {
    return this.serve.api('POST', `/lps/${nameOf(i)}/kill`, { reason: 'bench' });
  }

  killAll(): Promise<unknown> {
    return this.serve.api('POST', '/kill-all', { reason: 'bench', typed: 'KILL' });
  }

  /** Re-arms and activates what is killed; resolves when all are logged on. */
  async again(): Promise<void> {
    const deadline = performance.now() + 60_000;
    let refusal = '';
    const refused = (error: unknown): void => {
      refusal = String(error);
    };
    for (;;) {
      const views = await this.views();
      const waiting = views.filter(
        ({ state }) => state.kind === 'killed' || state.kind === 'inactive' || state.kind === 'stopping',
      );
      if (waiting.length === 0) break;
      if (performance.now() > deadline)
        throw new Error(
          `not re-armed: ${waiting.map(({ provider, state }) => `${provider} ${state.kind}`).join(', ')}; ${refusal}`,
        );
      // One that is still settling refuses, and is asked again.
      for (const { provider, state } of waiting) {
        if (state.kind === 'killed')
          await this.serve.api('POST', `/lps/${provider}/rearm`, { reason: 'bench', typed: provider }).catch(refused);
        if (state.kind === 'inactive')
          await this.serve.api('POST', `/lps/${provider}/activate`, { reason: 'bench' }).catch(refused);
      }
      await new Promise((later) => setTimeout(later, 100));
    }
    await this.farm.until('all logged on again', (all) => all.every(({ loggedOn }) => loggedOn));
    await new Promise((later) => setTimeout(later, 1_000));
  }

  async close(): Promise<void> {
    await this.serve.dispose();
    this.link.close();
    await this.farm.stop();
    await this.nats?.stop();
    await this.#postgres.stop();
  }
}
