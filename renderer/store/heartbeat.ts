/** How far a silence has got on the way to the disconnect. */
type SilenceLevel = 'normal' | 'attention' | 'alarm';

export interface Silence {
  readonly ageMs: number;
  /** After this much silence a TestRequest goes out, ms; after as much again the session is dropped. */
  readonly testAfterMs: number;
  readonly dropAfterMs: number;
  /** Share of dropAfterMs that has passed, 0–1. */
  readonly part: number;
  readonly level: SilenceLevel;
}

/** The standard's "HeartBtInt plus a reasonable transmission time". */
const USUAL_THRESHOLD = 0.2;

/** Silence of the peer against its limits (fix-session scenarios 5 and 6). HeartBtInt in seconds; threshold as configured, 0.2 = 20 %. */
export function silenceOf(lastReceivedMs: number, nowMs: number, heartBtInt: number, threshold = USUAL_THRESHOLD): Silence {
  const ageMs = Math.max(0, nowMs - lastReceivedMs);
  const testAfterMs = heartBtInt * 1_000 * (1 + threshold);
  const dropAfterMs = testAfterMs * 2;
  return {
    ageMs,
    testAfterMs,
    dropAfterMs,
    part: Math.min(1, ageMs / dropAfterMs),
    level: ageMs <= testAfterMs ? 'normal' : ageMs <= testAfterMs * 1.5 ? 'attention' : 'alarm',
  };
}
