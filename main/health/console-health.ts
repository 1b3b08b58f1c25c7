import type { Clock } from '../base/clock.ts';
import type { Health, LpView, PartHealth, ProbedHealth } from '../contracts/lp-view.ts';
import { MUCH_MEMORY } from '../contracts/processes.ts';
import { FolderWatch, type WatchedFolder } from './folder-watch.ts';
import { LoopLag } from './loop-lag.ts';

export interface HealthParts {
  readonly clock: Clock;
  /** Where logs and message stores are written. */
  readonly folders: readonly WatchedFolder[];
  readonly database: () => ProbedHealth;
  readonly nats: () => Health['nats'];
  readonly views: () => readonly LpView[];
}

type Finding<T> = Omit<T, 'sinceMs'>;

/** The health line of the console. `health` is cheap and waits for nothing: what must be looked at is looked at in the background. */
export function watchHealth({ clock, folders, database, nats, views }: HealthParts): {
  readonly health: () => Health;
  close(): Promise<void>;
} {
  const disk = new FolderWatch(folders, clock);
  const lag = new LoopLag(clock);
  const since = new Map<string, { readonly state: PartHealth['state']; readonly sinceMs: number }>();
  /** A finding, with the time since when it has been so. */
  const dated = <T extends PartHealth>(name: string, finding: Finding<T>): Finding<T> & Pick<T, 'sinceMs'> => {
    const before = since.get(name);
    const sinceMs = before?.state === finding.state ? before.sinceMs : clock.nowMs();
    since.set(name, { state: finding.state, sinceMs });
    return { ...finding, sinceMs };
  };

  return {
    health: () => {
      const all = views();
      return {
        database: database(),
        nats: nats(),
        disk: disk.health(),
        engines: dated<Health['engines']>('engines', engineHealth(all)),
        ownership: dated<Health['ownership']>('ownership', ownershipHealth(all)),
        console: lag.health(),
      };
    },
    close: () => {
      lag.close();
      return disk.close();
    },
  };
}

/** Degraded: an LP that should have an engine has none at this moment, or an engine is about to use up its memory. */
function engineHealth(views: readonly LpView[]): Finding<Health['engines']> {
  const running = views.filter((view) => view.enginePid !== null).length;
  const lost = views.filter(
    (view) => view.enginePid === null && (view.state.kind === 'logged-on' || view.state.kind === 'retry'),
  );
  const large = views.filter(
    ({ enginePid, stats, engineMemoryMb }) =>
      enginePid !== null && stats !== null && stats.rssBytes > MUCH_MEMORY * engineMemoryMb * 1e6,
  );
  const text = [
    `${running} running`,
    ...(lost.length === 0 ? [] : [`none for ${names(lost)}`]),
    ...large.map(
      ({ provider, stats, engineMemoryMb }) =>
        `that of ${provider} uses ${Math.round((stats?.rssBytes ?? 0) / 1e6)} of ${engineMemoryMb} MB`,
    ),
  ].join('; ');
  return { state: lost.length + large.length === 0 ? 'ok' : 'degraded', text, running };
}

/** Degraded: this console may run none of its LPs, or cannot tell of some whether it may. */
function ownershipHealth(views: readonly LpView[]): Finding<PartHealth> {
  const foreign = views.filter(({ state }) => state.kind === 'foreign');
  const unproven = views.filter(({ state, reason }) => state.kind === 'error' && reason?.code === 'database-lost');
  if (unproven.length > 0) return { state: 'degraded', text: `It cannot be told who owns ${names(unproven)}` };
  if (foreign.length === 0) return { state: 'ok', text: 'No LP is run by another console' };
  const owners = [...new Set(foreign.flatMap(({ owner }) => owner ?? []))].join(', ');
  if (foreign.length < views.length)
    return { state: 'ok', text: `${foreign.length} of ${views.length} LPs are run by ${owners}` };
  return { state: 'degraded', text: `Every LP is run by ${owners}: this console runs none` };
}

const names = (views: readonly LpView[]): string => views.map(({ provider }) => provider).join(', ');
