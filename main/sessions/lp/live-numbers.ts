import type { EngineReport } from '../../contracts/engine-protocol.ts';
import type { LiveStats } from '../../contracts/lp-view.ts';
import { Sparkline } from './sparkline.ts';

/** The numbers of one run: sequence numbers as last reported, counters, sparkline. */
export class LiveNumbers {
  readonly spark = new Sparkline();
  #stats: LiveStats | null = null;
  #statsAtMs: number | null = null;
  #nextIn: number | null = null;
  #nextOut: number | null = null;

  get stats(): LiveStats | null {
    return this.#stats;
  }
  get statsAtMs(): number | null {
    return this.#statsAtMs;
  }
  get nextIn(): number | null {
    return this.#nextIn;
  }
  get nextOut(): number | null {
    return this.#nextOut;
  }

  onReport(report: EngineReport, nowMs: number): void {
    switch (report.type) {
      case 'stats':
        this.#stats = report.stats;
        this.#statsAtMs = nowMs;
        this.spark.add(nowMs, report.stats.inPerSecond + report.stats.outPerSecond);
        this.#sequence(report.stats);
        return;
      case 'ready':
      case 'logged-on':
      case 'disconnected':
        this.#sequence(report);
        return;
      default:
    }
  }

  /** The connection is gone: nothing flows. */
  stopped(): void {
    if (this.#stats !== null) this.#stats = { ...this.#stats, inPerSecond: 0, outPerSecond: 0, silentSinceMs: null };
  }

  #sequence(numbers: { readonly nextIn: number; readonly nextOut: number }): void {
    const { nextIn, nextOut } = numbers;
    this.#nextIn = nextIn;
    this.#nextOut = nextOut;
    // The last sample of a session is older than its Logouts.
    if (this.#stats !== null) this.#stats = { ...this.#stats, nextIn, nextOut };
  }
}
