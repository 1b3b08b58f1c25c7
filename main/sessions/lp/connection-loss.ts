import { withDeadline } from '../../base/deadline.ts';
import { type DisconnectReason, describeReason, REASONS, type ReasonCode } from '../../contracts/disconnect-reason.ts';
import type { EngineReport } from '../../contracts/engine-protocol.ts';
import type { LpConfig } from '../../contracts/lp-config.ts';
import { exitText } from '../../contracts/processes.ts';
import { afterFailure } from '../connect/reconnect-policy.ts';
import { ENGINE_STOP_MS, REPORT_GRACE_MS } from '../engine/teardown.ts';
import type { NextAttempt } from './next-attempt.ts';
import { type EngineEnd, reasonOfExit } from './run-engine.ts';
import type { RunParts } from './run-parts.ts';
import { levelOf } from './timeline.ts';

/** Behind a tunnel the socket closes before stunnel's log says why. */
const TUNNEL_REASON_GRACE_MS = 200;

/**
 * What an engine says last and ends: it cannot use its store, its lease is about to end without the console's word, or it was told to by
 * somebody else.
 */
const ENDS_ITSELF: ReadonlySet<ReasonCode> = new Set([
  'store-failed',
  'store-in-use',
  'database-lost',
  'engine-exit',
  'console-silent',
]);

type Disconnected = Extract<EngineReport, { readonly type: 'disconnected' }>;

/**
 * What follows when a connection is lost, about to be lost, or was never made: who is to blame, what is told, and whether, where and when it is
 * tried again.
 */
export class ConnectionLoss {
  readonly #parts: RunParts;
  readonly #next: NextAttempt;
  readonly #random: () => number;
  readonly #tell: (reason: DisconnectReason) => void;

  /**
   * @param random 0 ≤ n < 1
   * @param tell the LP is out of service from now on, for this reason
   */
  constructor(parts: RunParts, next: NextAttempt, random: () => number, tell: (reason: DisconnectReason) => void) {
    this.#parts = parts;
    this.#next = next;
    this.#random = random;
    this.#tell = tell;
  }

  get #config(): LpConfig {
    return this.#parts.setups.current.config;
  }

  /** Out of service from now on, not only when the connection has ended: routing must stop first. */
  leaving(reason: DisconnectReason): void {
    const { state, timers } = this.#parts;
    if (state.ends) return;
    timers.clear();
    if (state.kind !== 'stopping') this.#next.countFailure();
    state.set({ kind: 'stopping' });
    this.#tell(reason);
  }

  failBack(): void {
    const reason: DisconnectReason = { code: 'restarting', detail: 'failback to the first host' };
    this.leaving(reason);
    this.#parts.engine.process?.send({ type: 'logout', text: 'Returning to the first host', reason });
  }

  disconnected({ reason, wasLoggedOn, logoutAnswered: answered }: Disconnected): void {
    const { state, engine, dialler, timers } = this.#parts;
    if (ENDS_ITSELF.has(reason.code)) engine.foretell(reason);
    if (!dialler.ended({ answered })) return;
    if (reason.code === 'heartbeat-timeout' || reason.code === 'logon-timeout') dialler.endedInSilence();
    const { hidden, better } = dialler.blame(reason, this.#config.ssl);
    if (!hidden || better !== null || wasLoggedOn || state.ends) {
      this.down(better ?? reason);
      return;
    }
    timers.after(TUNNEL_REASON_GRACE_MS, () => {
      this.down(dialler.blame(reason, true).better ?? reason);
    });
  }

  watchMemory(rssBytes: number): void {
    const { state, engine } = this.#parts;
    if (state.ends) return;
    const { engineMemoryMb } = this.#config.session;
    const use = `${Math.round(rssBytes / 1e6)} of ${engineMemoryMb} MB`;
    const seen = engine.memory(rssBytes, engineMemoryMb);
    if (seen === 'much')
      state.note('Engine', 'attention', `The engine process uses ${use}; with more than that it is ended and started again`);
    if (seen === 'over') void this.#endLarge({ code: 'engine-memory', detail: use });
  }

  /** Logs out, and ends the engine; what follows is a lost connection, and a new engine. */
  async #endLarge(reason: DisconnectReason): Promise<void> {
    const { scope, state, engine, dialler } = this.#parts;
    const { process } = engine;
    engine.foretell(reason);
    state.note('Engine', 'alarm', describeReason(reason));
    const { connection } = dialler;
    if (connection !== null) {
      this.leaving(reason);
      process?.send({ type: 'logout', text: 'Restarting', reason });
      await withDeadline(scope.clock, this.#config.session.logoutAckMs + REPORT_GRACE_MS, connection);
    }
    await process?.stop(ENGINE_STOP_MS);
  }

  /** The session is lost whether or not the system can end the process: SIGKILL has no effect while a disk does not answer. */
  engineWedged(): void {
    const { state } = this.#parts;
    if (state.ends) return;
    state.note('Engine', 'alarm', 'The engine process stopped answering and is ended');
    this.down({ code: 'engine-unresponsive' });
  }

  engineEnded({ wedged, foretold, exit }: EngineEnd): void {
    const { scope, state, dialler } = this.#parts;
    dialler.ended({ answered: false });
    const told = wedged || (foretold !== null && state.kind === 'retry');
    if (state.ends || told) {
      scope.changed();
      return;
    }
    if (foretold === null) state.note('Engine', 'alarm', `The engine process ended: ${exitText(exit)}`);
    this.down(foretold ?? reasonOfExit(exit));
  }

  /** There is no connection now. */
  down(reason: DisconnectReason): void {
    const { scope, state, lane, dialler, timers } = this.#parts;
    const wasLive = state.loggedOnAtMs !== null;
    timers.clear();
    dialler.abandon();
    state.loggedOnAtMs = null;
    state.live.stopped();
    lane.fail(REASONS[reason.code].layer, scope.clock.nowMs(), describeReason(reason));
    if (state.ends) {
      scope.changed();
      return;
    }
    state.note('Disconnect', levelOf(reason), describeReason(reason));
    // A session that was leaving has been counted.
    if (state.kind !== 'stopping') this.#next.countFailure();
    const next = afterFailure(this.#config.retry, reason, this.#next.failures, this.#random());
    if (next.kind === 'give-up') {
      state.set({ kind: 'error' });
      this.#tell(next.reason);
      return;
    }
    if (wasLive) dialler.hosts.reset();
    else dialler.hosts.advance();
    this.#next.after(next.afterMs);
    const { layer } = REASONS[reason.code];
    if (layer === 'tls' || layer === 'tunnel') dialler.onFilesChanged(() => this.#filesChanged());
    this.#tell(reason);
  }

  #filesChanged(): void {
    const { state } = this.#parts;
    if (state.kind !== 'retry') return;
    state.note('Tunnel', 'info', 'A file of the tunnel has changed: it is tried at once');
    this.#next.hurry();
  }
}
