import type { EngineReport } from '../contracts/engine-protocol.ts';
import type { LiveStats } from '../contracts/lp-view.ts';
import type { Signal } from '../fix/session/port.ts';
import type { Session } from '../fix/session/session.ts';

/** What the Session Manager hears of the course of a session: its Logon, its first message, its gaps. */
export class SessionReports {
  readonly #report: (report: EngineReport) => void;
  #delivered = false;
  /** Messages of the gap that is open, when it was found. */
  #gapTotal = 0;

  constructor(report: (report: EngineReport) => void) {
    this.#report = report;
  }

  /** A connection begins. */
  begin(): void {
    this.#delivered = false;
  }

  /** An application message was delivered: the first one of a connection is told. */
  delivered(msgType: string): void {
    if (this.#delivered) return;
    this.#delivered = true;
    this.#report({ type: 'first-message', msgType });
  }

  signal(signal: Signal, session: Session, durationMs: number): void {
    const report = this.#report;
    switch (signal) {
      case 'logon-sent':
        report({ type: 'logon-sent' });
        break;
      case 'logged-on':
        report({ type: 'logged-on', nextIn: session.nextIn, nextOut: session.nextOut, durationMs });
        break;
      case 'recovering':
        this.#gapTotal = session.gap === null ? 0 : session.gap.to - session.gap.from + 1;
        report({ type: 'recovering', received: 0, total: this.#gapTotal });
        break;
      case 'recovered':
        report({ type: 'recovered' });
        break;
      case 'leaving':
        if (session.leaving !== null) report({ type: 'leaving', reason: session.leaving });
        break;
    }
  }

  stats(stats: LiveStats): void {
    if (stats.gap !== null) this.#report({ type: 'recovering', received: stats.nextIn - stats.gap.from, total: this.#gapTotal });
    this.#report({ type: 'stats', stats });
  }
}
