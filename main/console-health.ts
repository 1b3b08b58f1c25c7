import { statfs } from 'node:fs/promises';
import type { Clock } from './base/clock.ts';
import { messageOf } from './base/errors.ts';
import type { Health, LpView, PartHealth } from './contracts/lp-view.ts';

const LOOK_EVERY_MS = 10_000;
const LOW_BYTES = 2_000_000_000;
const FULL_BYTES = 200_000_000;

export interface HealthParts {
  readonly clock: Clock;
  /** Where logs and message stores are written. */
  readonly folder: string;
  readonly database: () => PartHealth;
  readonly nats: () => Health['nats'];
  readonly views: () => readonly LpView[];
}

/** The health line of the console: database, NATS, disk, engines. `health` is cheap; the disk is looked at every ten seconds. */
export function watchHealth({ clock, folder, database, nats, views }: HealthParts): {
  readonly health: () => Health;
  close(): void;
} {
  let disk: Health['disk'] = { state: 'ok', text: 'not looked at yet', sinceMs: clock.nowMs(), freeBytes: 0 };
  let engines: Health['engines'] = { state: 'ok', text: 'no engine', sinceMs: clock.nowMs(), running: 0 };
  let closed = false;
  let cancel = (): void => undefined;

  const look = async (): Promise<void> => {
    disk = await diskHealth(folder, disk, clock.nowMs());
    if (!closed) cancel = clock.after(LOOK_EVERY_MS, () => void look());
  };
  void look();

  return {
    health: () => {
      engines = engineHealth(views(), engines, clock.nowMs());
      return { database: database(), nats: nats(), disk, engines };
    },
    close: () => {
      closed = true;
      cancel();
    },
  };
}

async function diskHealth(folder: string, before: Health['disk'], nowMs: number): Promise<Health['disk']> {
  const since = (state: PartHealth['state']): number => (state === before.state ? before.sinceMs : nowMs);
  try {
    const { bavail, bsize } = await statfs(folder);
    const freeBytes = bavail * bsize;
    const state = freeBytes < FULL_BYTES ? 'down' : freeBytes < LOW_BYTES ? 'degraded' : 'ok';
    return { state, text: `${(freeBytes / 1e9).toFixed(1)} GB free in ${folder}`, sinceMs: since(state), freeBytes };
  } catch (error) {
    return {
      state: 'down',
      text: `${folder}: ${messageOf(error)}`,
      sinceMs: since('down'),
      freeBytes: 0,
    };
  }
}

/** Degraded: an LP that should have an engine has none at this moment. */
function engineHealth(views: readonly LpView[], before: Health['engines'], nowMs: number): Health['engines'] {
  const running = views.filter((view) => view.enginePid !== null).length;
  const lost = views.filter(
    (view) => view.enginePid === null && (view.state.kind === 'logged-on' || view.state.kind === 'retry'),
  );
  const state = lost.length === 0 ? 'ok' : 'degraded';
  const text =
    lost.length === 0 ? `${running} running` : `${running} running; none for ${lost.map((view) => view.provider).join(', ')}`;
  return { state, text, running, sinceMs: state === before.state ? before.sinceMs : nowMs };
}
