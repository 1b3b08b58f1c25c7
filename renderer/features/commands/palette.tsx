import { Modal, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { markedLp } from '../../store/marked.ts';
import { GLOBAL_COMMANDS } from './global-commands.ts';
import { commandsFor } from './lp-commands.ts';
import { openOwnWindow } from './own-window.ts';

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly scope: string;
  run(): void;
}

const SHOWN = 60;

/** Ctrl+K: every action, found by a few letters of its name or of the LP's, in any order. */
export function Palette() {
  const console = useConsole();
  const lps = useSelect((state) => state.mirror.lps);
  const incidents = useSelect((state) => state.mirror.incidents);
  const marked = useSelect(markedLp);
  const close = useSelect((state) => state.close);
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);

  const entries = useMemo((): readonly Entry[] => {
    const show = (provider: string): Entry => ({
      id: `open ${provider}`,
      label: `Open ${provider}`,
      scope: provider,
      run: () => console.store.getState().show({ screen: 'lp', provider, tab: 'session' }),
    });
    const own = (provider: string): Entry => ({
      id: `own ${provider}`,
      label: `Open ${provider} in own window`,
      scope: provider,
      run: () => openOwnWindow(provider),
    });
    // The LP that is marked on the screen comes first: what is typed first is most likely meant for it.
    const providers = Object.keys(lps).sort((a, b) => Number(b === marked) - Number(a === marked) || a.localeCompare(b));
    const ofLps = providers.flatMap((provider): Entry[] => {
      const lp = lps[provider];
      if (lp === undefined) return [];
      const actions = commandsFor(lp, incidents).map((command) => ({
        id: `${command.name} ${provider}`,
        label: `${command.name} ${provider}`,
        scope: provider,
        run: () => command.run(console, provider),
      }));
      return [show(provider), own(provider), ...actions];
    });
    const global = GLOBAL_COMMANDS.map((command) => ({
      id: command.name,
      label: command.name,
      scope: command.key,
      run: () => command.run(console),
    }));
    return marked === null
      ? [...global, ...ofLps]
      : [...ofLps.filter((entry) => entry.scope === marked), ...global, ...ofLps.filter((entry) => entry.scope !== marked)];
  }, [console, lps, incidents, marked]);

  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = entries.filter((entry) => words.every((word) => entry.label.toLowerCase().includes(word))).slice(0, SHOWN);
  const active = Math.min(index, found.length - 1);

  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    close();
    entry.run();
  };

  return (
    <Modal opened onClose={close} withCloseButton={false} size={560} padding={0} yOffset="12vh" aria-label="Command palette">
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        className="palette-input"
        placeholder="Action or LP: kill lp-a, edit, audit …"
        aria-label="Find an action"
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={found[active] === undefined ? undefined : `palette-${active}`}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setIndex(Math.min(active + 1, found.length - 1));
          else if (event.key === 'ArrowUp') setIndex(Math.max(active - 1, 0));
          else if (event.key === 'Enter') choose(found[active]);
          else return;
          event.preventDefault();
        }}
      />
      <div id="palette-list" className="palette-list" role="listbox" aria-label="Actions">
        {found.map((entry, position) => (
          <div
            key={entry.id}
            id={`palette-${position}`}
            role="option"
            tabIndex={-1}
            aria-selected={position === active}
            className="palette-entry"
            ref={position === active ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            onPointerMove={() => setIndex(position)}
            onClick={() => choose(entry)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') choose(entry);
            }}
          >
            {entry.label}
          </div>
        ))}
        {found.length === 0 && <div className="palette-none">No action is called “{text}”</div>}
      </div>
    </Modal>
  );
}
