import type { KillIncident } from '../../../main/contracts/kill.ts';
import type { LpStateKind, LpView } from '../../../main/contracts/lp-view.ts';
import type { Console } from '../../components/console-context.tsx';
import { ask } from './ask.ts';

/** One thing an operator can do to one LP; buttons, the row menu and the palette all come from this list. */
export interface LpCommand {
  readonly name: string;
  readonly danger: boolean;
  /** What it sends in the end; null: nothing. */
  readonly sends: 'acts' | 'kills' | null;
  /** Whether it makes sense now; what does not is not shown. */
  available(lp: LpView, incidents: readonly KillIncident[]): boolean;
  run(console: Console, provider: string): void;
}

const is = (lp: LpView, kinds: readonly LpStateKind[]): boolean => kinds.includes(lp.state.kind);

const incidentOf = (lp: LpView | undefined): string | null => (lp?.state.kind === 'killed' ? lp.state.latch.incidentId : null);

const opens =
  (kind: 'deactivate' | 'restart' | 'rearm' | 'take-over' | 'delete' | 'sequence' | 'edit' | 'clone'): LpCommand['run'] =>
  ({ store }, provider) =>
    store.getState().open({ kind, provider });

const LP_COMMANDS: readonly LpCommand[] = [
  {
    name: 'Activate',
    danger: false,
    sends: 'acts',
    available: (lp) => is(lp, ['inactive', 'error']),
    run: ({ link }, provider) => {
      void ask(link, `${provider} · Activate`, 'lp.activate', { provider, reason: '' });
    },
  },
  {
    name: 'Deactivate',
    danger: false,
    sends: 'acts',
    available: (lp) => !is(lp, ['inactive', 'killed']),
    run: opens('deactivate'),
  },
  {
    name: 'Restart',
    danger: false,
    sends: 'acts',
    available: (lp) => !is(lp, ['inactive', 'killed', 'foreign', 'stopping', 'off-schedule']),
    run: opens('restart'),
  },
  { name: 'Take over', danger: true, sends: 'acts', available: (lp) => lp.silentOwner !== null, run: opens('take-over') },
  { name: 'Re-arm', danger: false, sends: 'acts', available: (lp) => is(lp, ['killed']), run: opens('rearm') },
  {
    name: 'Show incident',
    danger: false,
    sends: null,
    available: (lp, incidents) => incidents.some((incident) => incident.id === incidentOf(lp)),
    run: ({ store }, provider) => store.getState().showIncident(incidentOf(store.getState().mirror.lps[provider])),
  },
  {
    name: 'Send TestRequest',
    danger: false,
    sends: 'acts',
    available: (lp) => is(lp, ['logged-on', 'recovering']),
    run: ({ link }, provider) => {
      void ask(link, `${provider} · TestRequest`, 'lp.test-request', { provider });
    },
  },
  {
    name: 'Sequence numbers',
    danger: false,
    sends: 'acts',
    available: (lp) => !is(lp, ['killed', 'foreign']),
    run: opens('sequence'),
  },
  { name: 'Edit', danger: false, sends: 'acts', available: () => true, run: opens('edit') },
  { name: 'Clone', danger: false, sends: 'acts', available: () => true, run: opens('clone') },
  { name: 'Delete', danger: false, sends: 'acts', available: (lp) => is(lp, ['inactive']), run: opens('delete') },
  {
    name: 'Kill',
    danger: true,
    sends: 'kills',
    available: (lp) => !is(lp, ['killed']),
    run: ({ store }, provider) => store.getState().open({ kind: 'kill', provider, held: false }),
  },
];

/** What makes sense for one LP now, in the order of the list. */
export const commandsFor = (lp: LpView, incidents: readonly KillIncident[]): readonly LpCommand[] =>
  LP_COMMANDS.filter((command) => command.available(lp, incidents));
