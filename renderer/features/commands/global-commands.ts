import type { Console } from '../../components/console-context.tsx';

/** What can be done from anywhere. */
export interface GlobalCommand {
  readonly name: string;
  readonly key: string;
  run(console: Console): void;
}

export const GLOBAL_COMMANDS: readonly GlobalCommand[] = [
  { name: 'Overview', key: '', run: ({ store }) => store.getState().show({ screen: 'overview' }) },
  { name: 'Audit', key: '', run: ({ store }) => store.getState().show({ screen: 'audit' }) },
  { name: 'Kills', key: '', run: ({ store }) => store.getState().show({ screen: 'kills', id: null }) },
  { name: 'Tokens', key: '', run: ({ store }) => store.getState().show({ screen: 'tokens' }) },
  { name: 'Add LP', key: '', run: ({ store }) => store.getState().open({ kind: 'add' }) },
  { name: 'Kill all', key: '', run: ({ store }) => store.getState().open({ kind: 'kill-all' }) },
  { name: 'All keys', key: '?', run: ({ store }) => store.getState().open({ kind: 'keys' }) },
];
