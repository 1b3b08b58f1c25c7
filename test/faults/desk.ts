import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LpDraft } from '../../main/contracts/lp-config.ts';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { type ServeOptions, type ServeProcess, startServe } from '../support/serve-process.ts';
import type { Attacked } from './fault-rows.ts';
import { type Footprint, footprintOf } from './footprint.ts';
import { INSPECTABLE } from './inside.ts';
import { Screen } from './screen.ts';
import { unheard } from './unheard.ts';
import { WitnessLp } from './witness-lp.ts';

export interface DeskOptions extends ServeOptions {
  /** null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** How many LPs; they are named LP-1 …. Or LPs that listen already. */
  readonly lps: number | readonly WitnessLp[];
  readonly draft?: Partial<LpDraft>;
}

/** Quick enough for a test, and slow enough not to hammer. */
const RETRY = { baseMs: 150, logonBaseMs: 150, capMs: 400 };
const WHOLE_WITHIN_MS = 25_000;

/** A built console with LPs that are logged on, and a screen that looks at it. */
export class Desk implements Attacked {
  serve: ServeProcess;
  screen: Screen;
  readonly lps: WitnessLp[];
  readonly #options: DeskOptions;
  /** Off where a fault takes log lines on purpose. */
  logsAreWhole = true;

  private constructor(options: DeskOptions, serve: ServeProcess, screen: Screen) {
    this.#options = options;
    this.lps = [];
    this.serve = serve;
    this.screen = screen;
  }

  static async open(options: DeskOptions): Promise<Desk> {
    const { lps } = options;
    const witnesses =
      typeof lps === 'number' ? await Promise.all(Array.from({ length: lps }, (_, i) => WitnessLp.listen(`LP${i + 1}`))) : lps;
    const [serve, screen] = await Desk.#start(options);
    const desk = new Desk(options, serve, screen);
    await desk.join(witnesses, options.draft);
    return desk;
  }

  static async #start(options: DeskOptions): Promise<[ServeProcess, Screen]> {
    const serve = await startServe(options.databaseUrl, { ...options, env: { ...INSPECTABLE, ...options.env } });
    return [serve, await Screen.open(serve.port)];
  }

  get pid(): number {
    return this.serve.child.pid ?? -1;
  }

  /** The first LP, which most faults are about. */
  get lp(): WitnessLp {
    const [first] = this.lps;
    if (first === undefined) throw new Error('a desk without an LP');
    return first;
  }

  view(provider = 'LP-1'): LpView {
    const view = this.screen.lps.get(provider);
    if (view === undefined) throw new Error(`the screen has no ${provider}`);
    return view;
  }

  enginePid(provider = 'LP-1'): number {
    const { enginePid } = this.view(provider);
    if (enginePid === null) throw new Error(`${provider} has no engine`);
    return enginePid;
  }

  /** Configures and activates LPs; resolves when all are logged on. */
  async join(lps: readonly WitnessLp[], draft: Partial<LpDraft> = {}): Promise<void> {
    for (const lp of lps) {
      this.lps.push(lp);
      await this.#add(`LP-${this.lps.length}`, lp, draft);
    }
    await this.whole();
  }

  async #add(provider: string, lp: WitnessLp, draft: Partial<LpDraft>): Promise<void> {
    const full = {
      provider,
      host: '127.0.0.1',
      port: lp.port,
      senderCompId: 'DESK',
      targetCompId: lp.compId,
      // Long enough that a busy machine ends no session by itself.
      heartBtInt: 2,
      ssl: false,
      retry: RETRY,
      ...draft,
    } satisfies LpDraft;
    await this.serve.api('PUT', `/lps/${provider}?actor=faults`, full);
    await this.act('activate', provider);
  }

  act(action: 'activate' | 'deactivate' | 'restart' | 'kill' | 'rearm', provider = 'LP-1'): Promise<unknown> {
    const body = { reason: 'a fault is put to it', ...(action === 'rearm' ? { typed: provider } : {}) };
    return this.serve.api('POST', `/lps/${provider}/${action}`, body);
  }

  /** Waits until a killed LP is down, re-arms and activates it. */
  async rearmed(provider = 'LP-1'): Promise<void> {
    await this.screen.until(() => this.view(provider).state.kind === 'killed' && this.view(provider).enginePid === null, 15_000);
    // A kill that is still settling is not re-armed.
    const deadline = performance.now() + 15_000;
    for (let done = false; !done; ) {
      done = await this.act('rearm', provider).then(
        () => true,
        (error: unknown) => {
          if (performance.now() > deadline) throw error;
          return false;
        },
      );
      if (!done) await new Promise((later) => setTimeout(later, 100));
    }
    await this.act('activate', provider);
  }

  footprint(): Footprint {
    return footprintOf(this.serve);
  }

  /**
   * Waits until each LP is logged on and both sides have the same numbers.
   * @throws Error with what is missing
   */
  async whole(withinMs = WHOLE_WITHIN_MS): Promise<void> {
    const goOn = this.lps.map((lp) => lp.hold());
    try {
      await this.screen.until(() => this.lps.every((_, i) => this.#different(i) === null), withinMs);
    } catch (error) {
      const missing = this.lps.flatMap((_, i) => this.#different(i) ?? []);
      throw new Error(`not whole: ${missing.join('; ')}\n${error instanceof Error ? error.message : String(error)}`);
    } finally {
      for (const go of goOn) go();
    }
  }

  /** Waits until database and NATS are well: the others remember a minute what they have seen, and a small disk is never. */
  async well(): Promise<void> {
    const { screen } = this;
    const fine = (state: string | undefined): boolean => state === 'ok' || state === 'off';
    await screen.until(() => fine(screen.health?.database.state) && fine(screen.health?.nats.state), WHOLE_WITHIN_MS);
  }

  /** What was lost, or should not have been, in words; null: nothing. Once `whole`. */
  lost(): string | null {
    const words = this.lps.flatMap((lp, i) => [
      ...lp.complaints.map((complaint) => `${lp.compId} saw ${complaint}`),
      ...(this.logsAreWhole ? (unheard(lp, [join(this.serve.fixLogDir, `LP-${i + 1}`, 'fix.log')]) ?? []) : []),
    ]);
    return words.length === 0 ? null : words.join('; ');
  }

  /** With a new screen: the old one may have been cut off. */
  async look(): Promise<void> {
    this.screen.close();
    this.screen = await Screen.open(this.serve.port);
  }

  /** The same console again, on its folder. */
  async restart(): Promise<void> {
    this.screen.close();
    if (this.serve.child.exitCode === null && this.serve.child.signalCode === null) throw new Error('the console still runs');
    const { dataDir, fixLogDir } = this.serve;
    [this.serve, this.screen] = await Desk.#start({ ...this.#options, dataDir, fixLogDir });
  }

  /** Ends it in order. @returns what was left over, in words; null: nothing */
  async close(): Promise<string | null> {
    const { child } = this.serve;
    let left: string | null = null;
    this.screen.close();
    if (child.exitCode === null && child.signalCode === null) {
      const below = footprintOf(this.serve).processes.length;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await gone;
      clearTimeout(timer);
      if (child.exitCode !== 0)
        left = `the console ended with ${child.exitCode ?? child.signalCode}, ${below} processes below it`;
    }
    await this.serve.dispose();
    // One that was started again was given the folder, and leaves it.
    if (this.#options.dataDir === undefined) rmSync(this.serve.dataDir, { recursive: true, force: true });
    await Promise.all(this.lps.map((lp) => lp.close()));
    return left;
  }

  /** How the two sides of a session differ at this moment, in words; null: not at all. */
  #different(i: number): string | null {
    const lp = this.lps[i];
    const view = this.screen.lps.get(`LP-${i + 1}`);
    if (lp === undefined || view === undefined) return `LP-${i + 1} is not on the screen`;
    if (view.state.kind !== 'logged-on' || view.stats === null) return `LP-${i + 1} is ${this.screen.line(view.provider)}`;
    if (view.stats.nextIn !== lp.nextOut) return `${view.provider} expects ${view.stats.nextIn}, the LP sends ${lp.nextOut}`;
    if (view.stats.nextOut !== lp.expectedIn)
      return `${view.provider} sends ${view.stats.nextOut}, the LP expects ${lp.expectedIn}`;
    return null;
  }
}
