import { app, BrowserWindow, dialog } from 'electron';
import type { ConsoleDelta, ConsoleSnapshot } from '../contracts/ipc.ts';
import type { LpView } from '../contracts/lp-view.ts';
import { askedWindow, lpShown, lpView } from './asked-window.ts';
import { Attention } from './attention.ts';
import { closeToTray } from './close-to-tray.ts';
import type { WindowParts, WindowService } from './console-window.ts';
import type { DeskMemory, Mute } from './desk-memory.ts';
import type { MainWindow } from './main-window.ts';
import type { Choice, ViewMenu } from './menu.ts';
import { keepOnMonitors } from './monitors.ts';
import { Notices } from './notices.ts';
import { OwnWindows } from './own-windows.ts';
import { openTray } from './tray.ts';
import { deskState } from './worst-state.ts';
import { zoomBy } from './zoom.ts';

/** Of the package: Windows shows notifications of programs that it knows. */
const APP_ID = 'com.vfxlp.console';

/** The state of all LPs, and what becomes of it. */
interface DeskFeed {
  snapshot(): Pick<ConsoleSnapshot, 'host' | 'lps'>;
  /** A delta comes once a second at least. @returns ends it */
  subscribe(to: { readonly delta: (delta: ConsoleDelta) => void; readonly timeline: () => void }): () => void;
}

export interface DeskParts extends WindowParts {
  readonly memory: DeskMemory;
  readonly main: MainWindow;
  /** Serves the requests of windows. */
  readonly served: Pick<WindowService, 'attach' | 'hold'>;
  readonly feed: DeskFeed;
  /** Asks, and kills. */
  readonly killAll: () => void;
  readonly quitting: () => boolean;
}

/** What surrounds the main window once the console is up. */
export interface OpenDesk {
  readonly view: ViewMenu;
  /** A person closes the main window. @returns whether it was hidden instead */
  hides(): boolean;
  /** Resolves when what it remembers is written. */
  close(): Promise<void>;
}

const NO_LP: Electron.MessageBoxOptions = {
  type: 'info',
  title: 'VFXLP console',
  message: 'This window shows no LP.',
  detail: 'Open one first, or choose “Open in own window” from the menu of its row.',
  buttons: ['OK'],
  noLink: true,
};

/** Gives the windows the console's page, opens those that were open last time, and the tray; tells a person who looks elsewhere what happens. */
export function openDesk(parts: DeskParts): OpenDesk {
  const { memory, main, served, clock, tell } = parts;
  app.setAppUserModelId(APP_ID);
  const own = new OwnWindows(parts);
  const open = (provider: string | null): void => main.show(provider === null ? null : lpView(provider));
  const service: WindowService = {
    attach: served.attach,
    hold: served.hold,
    asked: (url, frameName) => {
      const asked = askedWindow(url, frameName);
      if (asked === null) return;
      if ('own' in asked) own.show(`lp:${asked.own}`);
      else open(asked.main);
    },
  };
  main.serve(service);
  own.serve(service);
  const monitors = keepOnMonitors(clock);
  const strip = (): void => own.show('strip');
  const tray = openTray({ show: () => main.show(), strip, killAll: parts.killAll, quit: () => app.quit() }, tell);
  const attention = new Attention({ memory, window: () => main.window, open, tell });
  const unheard = hearLps(
    parts,
    (state) => {
      tray?.state(state);
      attention.state(state);
    },
    (notice) => attention.raise(notice),
  );
  const told = (what: Mute): Choice => ({
    on: !memory.desk.muted.includes(what),
    set: (on) => {
      const others = memory.desk.muted.filter((one) => one !== what);
      memory.change({ muted: on ? others : [...others, what] });
    },
  });
  return {
    view: {
      zoom: (by) => zoomBy(by, memory),
      strip,
      ownWindow: (window) => {
        const shown = window instanceof BrowserWindow ? lpShown(window.webContents.getURL()) : null;
        if (shown !== null) own.show(`lp:${shown}`);
        else void dialog.showMessageBox(NO_LP);
      },
      closesToTray:
        tray === null
          ? null
          : { on: memory.desk.closesToTray, set: (closesToTray) => memory.change({ closesToTray, toldOfTray: false }) },
      told: { down: told('down'), killed: told('killed'), sound: told('sound') },
    },
    hides: () => tray !== null && !parts.quitting() && closeToTray(memory, main),
    close: async () => {
      unheard();
      monitors();
      tray?.close();
      await memory.flush();
    },
  };
}

/** Follows all LPs. @returns ends that */
function hearLps(
  { feed, clock }: Pick<DeskParts, 'feed' | 'clock'>,
  state: (state: ReturnType<typeof deskState>) => void,
  notice: ConstructorParameters<typeof Notices>[2],
): () => void {
  const { host, lps } = feed.snapshot();
  const known = new Map<string, LpView>(lps.map((lp) => [lp.provider, lp]));
  const notices = new Notices(clock, lps, notice);
  const look = (nowMs: number): void => state(deskState(host, [...known.values()], nowMs));
  look(clock.nowMs());
  const end = feed.subscribe({
    delta: ({ lps: changed, removed, nowMs }) => {
      for (const lp of changed) known.set(lp.provider, lp);
      for (const provider of removed) known.delete(provider);
      notices.heard(changed, removed);
      look(nowMs);
    },
    timeline: () => undefined,
  });
  return () => {
    end();
    notices.close();
  };
}
