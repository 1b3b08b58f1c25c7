import { type BrowserWindow, dialog } from 'electron';
import { backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { Timers } from '../base/timers.ts';

const ASK_EVERY_MS = 1_000;
/** Without an answer of the page. */
const HUNG_MS = 3_000;
/** A page that fails as it loads is not loaded without pause. */
const RELOAD = { baseMs: 250, factor: 2, capMs: 30_000 };
/** A page that lived so long begins anew with the shortest pause. */
const LASTED_MS = 60_000;
/** Chromium's ERR_ABORTED: another load took its place. */
const ABORTED = -3;

export interface PageWatchParts {
  readonly window: BrowserWindow;
  readonly url: string;
  readonly clock: Clock;
  /** What became of the page, for the console's log. */
  readonly tell: (text: string) => void;
  /** The page does not read (true), or reads again: what it does not read is not to pile up for it. */
  readonly hold: (held: boolean) => void;
}

/** Keeps a window's page: loaded again when it has crashed or could not be loaded, told and offered again when it hangs. The sessions behind it go on. */
export class PageWatch {
  readonly #parts: PageWatchParts;
  readonly #timers: Timers;
  #failures = 0;
  #loadedMs: number | null = null;
  #unansweredMs: number | null = null;
  #hung = false;

  constructor(parts: PageWatchParts) {
    this.#parts = parts;
    this.#timers = new Timers(parts.clock);
    const { window, tell } = parts;
    const { webContents } = window;
    webContents.on('did-finish-load', () => {
      this.#loadedMs = parts.clock.nowMs();
      this.#unansweredMs = null;
    });
    webContents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
      if (isMainFrame && code !== ABORTED) this.#again(`The window's page could not be loaded: ${description}`);
    });
    webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason !== 'clean-exit') this.#again(`The window's page has ended: ${reason}, exit code ${exitCode}`);
    });
    window.once('closed', () => this.#timers.clear());
    this.#ask();
    tell('The window is opened');
  }

  load(): void {
    const { window, url } = this.#parts;
    this.#loadedMs = null;
    this.#setHung(false);
    // A failure comes as `did-fail-load` too, which knows whether another load has taken its place.
    window.loadURL(url).catch(() => undefined);
  }

  #again(why: string): void {
    const { clock, tell } = this.#parts;
    if (this.#loadedMs !== null && clock.nowMs() - this.#loadedMs > LASTED_MS) this.#failures = 0;
    const pauseMs = backoffMs(RELOAD, this.#failures);
    this.#failures += 1;
    this.#loadedMs = null;
    this.#setHung(false);
    tell(`${why}. It is loaded again in ${pauseMs} ms.`);
    this.#timers.after(pauseMs, () => this.load());
  }

  /** Whether the page still runs: Chromium itself notices one that hangs only when somebody types. */
  #ask(): void {
    this.#timers.after(ASK_EVERY_MS, () => this.#ask());
    const { window, clock } = this.#parts;
    if (this.#loadedMs === null || window.isDestroyed()) return;
    if (this.#unansweredMs !== null) {
      if (!this.#hung && clock.nowMs() - this.#unansweredMs >= HUNG_MS) this.#tellHung();
      return;
    }
    this.#unansweredMs = clock.nowMs();
    window.webContents.executeJavaScript('0').then(
      () => {
        this.#unansweredMs = null;
        this.#setHung(false);
      },
      // The page went away while it was asked.
      () => {
        this.#unansweredMs = null;
      },
    );
  }

  #setHung(hung: boolean): void {
    if (this.#hung === hung) return;
    this.#hung = hung;
    this.#parts.hold(hung);
    if (!hung) this.#parts.tell("The window's page answers again");
  }

  #tellHung(): void {
    const { window, tell } = this.#parts;
    this.#setHung(true);
    tell(`The window's page has not answered for ${HUNG_MS / 1000} s`);
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        title: 'VFXLP console',
        message: 'The window does not answer.',
        detail:
          'The sessions go on behind it. Loading it again ends none of them. Kill all LPs from the menu Session if you must.',
        buttons: ['Wait', 'Load again'],
        defaultId: 1,
        cancelId: 0,
        noLink: true,
      })
      .then(({ response }) => {
        if (response === 1 && !window.isDestroyed()) this.#replace();
      })
      .catch((error: unknown) => tell(`The question could not be shown: ${messageOf(error)}`));
  }

  /** A page that hangs does not unload by itself: its process is ended, and `render-process-gone` loads it again. */
  #replace(): void {
    if (this.#hung) this.#parts.window.webContents.forcefullyCrashRenderer();
  }
}
