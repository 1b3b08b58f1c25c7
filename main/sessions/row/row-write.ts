import type { LpConfig } from '../../contracts/lp-config.ts';
import type { Desired, KillLatch, StatusChange } from '../../contracts/lp-record.ts';
import type { RefusedWrite } from '../../contracts/refused.ts';
import type { SetAside } from './write-queue.ts';

/** Who may write a status. owner: dropped when another console owns the LP by then. anyone: a kill, which every console may write. */
export type StatusAuthor = 'owner' | 'anyone';

/** What a console writes to the row of an LP. */
export type RowWrite =
  | { readonly kind: 'desired'; readonly desired: Desired }
  | { readonly kind: 'status'; readonly change: StatusChange; readonly by: StatusAuthor }
  | { readonly kind: 'latch'; readonly latch: KillLatch }
  | { readonly kind: 'kill'; readonly latch: KillLatch; readonly change: StatusChange | null }
  | { readonly kind: 'password'; readonly config: LpConfig; readonly accepted: string }
  | { readonly kind: 'release' };

/** What is left to be written of an earlier write that was refused, when a later one is written: an old status never follows a new one. */
export function leftOf(earlier: RowWrite, later: RowWrite): RowWrite | null {
  if (earlier.kind === later.kind) return null;
  if (later.kind === 'kill') return earlier.kind === 'password' || earlier.kind === 'release' ? earlier : null;
  if (later.kind === 'status' && earlier.kind === 'kill') return { ...earlier, change: null };
  return earlier;
}

/** For the operator. */
export function describeWrite(write: RowWrite): string {
  switch (write.kind) {
    case 'desired':
      return `that the LP is to be ${write.desired}`;
    case 'status':
      return `status ${write.change.to}`;
    case 'latch':
      return `the kill latch of incident ${write.latch.incidentId}`;
    case 'kill':
      return `the kill latch of incident ${write.latch.incidentId}${write.change === null ? '' : ', and status 0'}`;
    case 'password':
      return 'the password that the LP has accepted';
    case 'release':
      return 'that another console may run the LP';
    default:
      return write satisfies never;
  }
}

export const refusedWrite = (provider: string, { id, write, why, atMs, left }: SetAside<RowWrite>): RefusedWrite => ({
  id,
  of: 'lp',
  provider,
  atMs,
  what: describeWrite(write),
  why,
  current: left !== null,
  content: JSON.stringify(write.kind === 'password' ? { kind: write.kind } : write),
});
