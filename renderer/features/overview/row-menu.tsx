import { Menu } from '@mantine/core';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { useWhyNot } from '../../components/use-why-not.ts';
import { commandsFor } from '../commands/lp-commands.ts';
import { openOwnWindow } from '../commands/own-window.ts';

export interface MenuAt {
  readonly provider: string;
  readonly x: number;
  readonly y: number;
}

/** The actions of one row, at the pointer or under the row's button. */
export function RowMenu({ at, onClose }: { readonly at: MenuAt; onClose(): void }) {
  const console = useConsole();
  const lp = useSelect((state) => state.mirror.lps[at.provider]);
  const incidents = useSelect((state) => state.mirror.incidents);
  const whyNot = useWhyNot();
  if (lp === undefined) return null;
  return (
    <Menu opened onChange={onClose} position="bottom-end" width={190} trapFocus returnFocus>
      <Menu.Target>
        <span className="menu-anchor" style={{ left: at.x, top: at.y }} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{at.provider}</Menu.Label>
        <Menu.Item onClick={() => console.store.getState().show({ screen: 'lp', provider: at.provider, tab: 'session' })}>
          Open
        </Menu.Item>
        <Menu.Item onClick={() => openOwnWindow(at.provider)}>Open in own window</Menu.Item>
        <Menu.Item onClick={() => console.store.getState().show({ screen: 'lp', provider: at.provider, tab: 'fix-log' })}>
          FIX log
        </Menu.Item>
        <Menu.Divider />
        {commandsFor(lp, incidents).map((command) => (
          <Menu.Item
            key={command.name}
            className={command.danger ? 'danger-item' : undefined}
            disabled={whyNot(command) !== null}
            title={whyNot(command) ?? undefined}
            onClick={() => command.run(console, at.provider)}
          >
            {command.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
