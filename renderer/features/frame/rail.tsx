import { useMantineColorScheme } from '@mantine/core';
import type { ReactElement } from 'react';
import { useConsole, useSelect } from '../../components/console-context.tsx';

const icon = (path: ReactElement): ReactElement => (
  <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    {path}
  </svg>
);

const ICONS = {
  overview: icon(<path d="M3 5h14M3 10h14M3 15h14" />),
  audit: icon(<path d="M5 2.8h7l3.5 3.4V17H5zM8 9h5M8 12.5h5" />),
  kills: icon(<path d="M5 5l10 10M15 5L5 15" />),
  tokens: icon(<path d="M8.2 11.8a3.6 3.6 0 1 1 2-2L17 16.5V17h-2.4v-1.8h-1.8v-1.8h-1.6zM6 6.6h.1" />),
  auto: icon(
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M10 3.5v13a6.5 6.5 0 0 0 0-13z" fill="currentColor" />
    </>,
  ),
  light: icon(
    <>
      <circle cx="10" cy="10" r="3.4" />
      <path d="M10 1.5v3M10 15.5v3M1.5 10h3M15.5 10h3M4 4l2 2M14 14l2 2M16 4l-2 2M6 14l-2 2" />
    </>,
  ),
  dark: icon(<path d="M16 12.2A6.8 6.8 0 0 1 7.8 4a6.8 6.8 0 1 0 8.2 8.2z" />),
  keys: icon(<path d="M7 7.4C7 5.4 8.3 4.3 10 4.3s3 1.1 3 2.8c0 2.4-2.9 2.3-2.9 4.9M10 14.6v1.6" />),
};

const NEXT_SCHEME = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const SCHEME_NAME = { auto: 'System', light: 'Light', dark: 'Dark' } as const;

/** Where one can go, and how it looks. Screens that come later get their place between Overview and Audit. */
export function Rail() {
  const { store } = useConsole();
  const screen = useSelect((state) => state.view.screen);
  const host = useSelect((state) => state.mirror.host);
  const version = useSelect((state) => state.mirror.version);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const show = store.getState().show;
  return (
    <nav className="rail" aria-label="Screens">
      <button
        type="button"
        aria-current={screen === 'overview' || screen === 'lp' ? 'page' : undefined}
        onClick={() => show({ screen: 'overview' })}
      >
        {ICONS.overview}
        LPs
      </button>
      <button type="button" aria-current={screen === 'audit' ? 'page' : undefined} onClick={() => show({ screen: 'audit' })}>
        {ICONS.audit}
        Audit
      </button>
      <button
        type="button"
        aria-current={screen === 'kills' ? 'page' : undefined}
        onClick={() => show({ screen: 'kills', id: null })}
      >
        {ICONS.kills}
        Kills
      </button>
      <button
        type="button"
        title="Who may talk to this console"
        aria-current={screen === 'tokens' ? 'page' : undefined}
        onClick={() => show({ screen: 'tokens' })}
      >
        {ICONS.tokens}
        Tokens
      </button>
      <span className="spring" />
      <button type="button" title="Colours: system, light, dark" onClick={() => setColorScheme(NEXT_SCHEME[colorScheme])}>
        {ICONS[colorScheme]}
        {SCHEME_NAME[colorScheme]}
      </button>
      <button type="button" title="All keys (?)" onClick={() => store.getState().open({ kind: 'keys' })}>
        {ICONS.keys}
        Keys
      </button>
      <span className="rail-host" title={`VFXLP console ${version} on ${host}`}>
        {host}
      </span>
    </nav>
  );
}
