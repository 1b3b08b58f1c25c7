import type { FixLogLine } from '../../../main/contracts/lp-view.ts';
import { fail, ok, type Result } from '../../../main/contracts/result.ts';
import type { Tail, TailFactory } from '../../../main/ipc/ports.ts';

type OnLines = (lines: readonly FixLogLine[], skipped: number) => void;

/** Tails into which a test writes by hand. */
export class HandTails implements TailFactory {
  readonly writers = new Map<string, OnLines[]>();
  opened = 0;
  closed = 0;
  /** Fails the next opening. */
  failure: string | null = null;
  /** Holds openings until it resolves. */
  gate: Promise<void> = Promise.resolve();

  async openTail(_asker: object, provider: string, lines: number, onLines: OnLines): Promise<Result<Tail>> {
    await this.gate;
    if (this.failure !== null) return fail('operational', 'cannot-be-read', this.failure);
    this.opened += 1;
    this.writers.set(provider, [...(this.writers.get(provider) ?? []), onLines]);
    return ok({
      lines: Array.from({ length: lines }, (_, index) => fixLine(index + 1)),
      close: () => {
        this.closed += 1;
        this.writers.set(
          provider,
          (this.writers.get(provider) ?? []).filter((other) => other !== onLines),
        );
      },
    });
  }

  write(provider: string, lines: readonly FixLogLine[], skipped = 0): void {
    for (const onLines of this.writers.get(provider) ?? []) onLines(lines, skipped);
  }
}

export const fixLine = (n: number, text = '8=FIX.4.4'): FixLogLine => ({
  n,
  at: '2026-01-31T09:30:00.123456Z',
  direction: 'in',
  text,
});
