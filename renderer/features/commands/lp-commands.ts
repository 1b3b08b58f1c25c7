import type { LpStateKind, LpView } from '../../../main/contracts/lp-view.ts';
import type { Console } from '../../components/console-context.tsx';
import { ask } from './ask.ts';

/** One thing an operator can do to one LP; buttons, the row menu and the palette all come from this list. */
export interface LpCommand {
  readonly name: string;
  readonly danger: boolean;
  /** Whether it makes sense now; what does not is not shown. */
  available(lp: LpView): boolean;
  run(console: Console, provider: string): void;
}

const DOWN: readonly LpStateKind[] = ['inactive', 'error', 'off-schedule', 'foreign'];
const is = (lp: LpView, kinds: readonly LpStateKind[]): boolean => kinds.includes(lp.state.kind);

const opens =
  (kind: 'deactivate' | 'restart' | 'rearm' | 'delete' | 'sequence' | 'edit' | 'clone'): LpCommand['run'] =>
  ({ store }, provider) =>
    store.getState().open({ kind, provider });

export const LP_COMMANDS: readonly LpCommand[] = [
  {
    name: 'Activate',
    danger: false,
    available: (lp) => is(lp, DOWN),
    run: ({ link }, provider) => {
      void ask(link, `${provider} · Activate`, 'lp.activate', { provider, reason: '' });
    },
  },
  {
    name: 'Deactivate',
    danger: false,
    available: (lp) => !is(lp, ['inactive', 'killed', 'stopping']),
    run: opens('deactivate'),
  },
  {
    name: 'Restart',
    danger: false,
    available: (lp) => !is(lp, ['inactive', 'killed', 'foreign', 'stopping']),
    run: opens('restart'),
  },
  {
    name: 'Kill',
    danger: true,
    available: (lp) => !is(lp, ['killed']),
    run: ({ store }, provider) => store.getState().open({ kind: 'kill', provider, held: false }),
  },
  { name: 'Re-arm', danger: false, available: (lp) => is(lp, ['killed']), run: opens('rearm') },
  {
    name: 'Send TestRequest',
    danger: false,
    available: (lp) => is(lp, ['logged-on', 'recovering']),
    run: ({ link }, provider) => {
      void ask(link, `${provider} · TestRequest`, 'lp.test-request', { provider });
    },
  },
  { name: 'Sequence numbers', danger: false, available: (lp) => !is(lp, ['killed', 'foreign']), run: opens('sequence') },
  { name: 'Edit', danger: false, available: () => true, run: opens('edit') },
  { name: 'Clone', danger: false, available: () => true, run: opens('clone') },
  { name: 'Delete', danger: false, available: (lp) => is(lp, ['inactive']), run: opens('delete') },
];
