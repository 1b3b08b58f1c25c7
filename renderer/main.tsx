import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './components/tokens.css';
import './components/base.css';
import './components/frame.css';
import './components/table.css';
import './components/cells.css';
import './components/overview.css';
import './components/detail.css';
import './components/log.css';
import './components/dialogs.css';
import './components/strip.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { systemClock } from '../main/base/clock.ts';
import { openLink } from './api.ts';
import { ConsoleProvider } from './components/console-context.tsx';
import { theme } from './components/theme.ts';
import { App } from './features/frame/app.tsx';
import { createConsoleStore } from './store/console-store.ts';
import { startSync } from './store/sync.ts';
import { createTicker } from './store/ticker.ts';
import { timelyLink } from './store/timely-link.ts';
import { viewFromHash } from './store/view.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');

// These live as long as the page: nothing ends them but its end.
const wire = openLink();
const store = createConsoleStore();
// Before anything is drawn: no window begins with another screen than its own.
store.getState().show(viewFromHash(window.location.hash));
const link = timelyLink(wire, store, systemClock);
const ticker = createTicker();
const page = { link, store, ticker };
startSync(wire, store, systemClock);

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={6} />
      <ConsoleProvider value={page}>
        <App />
      </ConsoleProvider>
    </MantineProvider>
  </StrictMode>,
);
