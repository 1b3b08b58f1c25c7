import { TextInput } from '@mantine/core';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { SendButton } from '../../components/send-button.tsx';
import { cannotSend } from '../../store/sendable.ts';
import { Clock } from './clock.tsx';
import { Counters } from './counters.tsx';
import { HealthBar } from './health.tsx';

function Filter() {
  const filter = useSelect((state) => state.filter);
  const setFilter = useSelect((state) => state.setFilter);
  return (
    <TextInput
      className="filter"
      data-filter
      aria-label="Filter LPs"
      placeholder="Filter  /"
      value={filter}
      data-active={filter !== ''}
      onChange={(event) => setFilter(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        event.currentTarget.blur();
        document.querySelector<HTMLElement>('.lps tr[data-selected="true"] .link')?.focus();
      }}
    />
  );
}

/** Counters, health and KILL ALL: on every screen, always in the same place. */
export function TopBar() {
  const { store } = useConsole();
  const overview = useSelect((state) => state.view.screen === 'overview');
  const noKill = useSelect((state) => cannotSend(state, 'kills'));
  return (
    <header className="top-bar">
      <Counters />
      {overview && <Filter />}
      {overview && <SendButton onClick={() => store.getState().open({ kind: 'add' })}>Add LP</SendButton>}
      <span className="spring" />
      <HealthBar />
      <Clock />
      <button
        type="button"
        className="kill-all"
        disabled={noKill !== null}
        title={noKill ?? undefined}
        onClick={() => store.getState().open({ kind: 'kill-all' })}
      >
        KILL ALL
      </button>
    </header>
  );
}
