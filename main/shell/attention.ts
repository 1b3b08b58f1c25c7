import { app, type BrowserWindow, Notification, shell } from 'electron';
import { countShownBy, notificationsSound } from '../base/platform.ts';
import type { DeskMemory } from './desk-memory.ts';
import type { Notice } from './notices.ts';
import { trayImage } from './tray.ts';
import type { DeskState } from './worst-state.ts';

/** Chromium forgets a notification that nobody holds, and its click with it. */
const HELD = 50;

export interface AttentionParts {
  readonly memory: Pick<DeskMemory, 'desk'>;
  /** The main window, if it is open. */
  readonly window: () => BrowserWindow | null;
  /** Shows an LP, or all of them, in the main window. */
  readonly open: (provider: string | null) => void;
  /** For the console's log. */
  readonly tell: (text: string) => void;
}

/** Calls for a person who looks elsewhere, by what the system has for that, as far as it is not muted. */
export class Attention {
  readonly #parts: AttentionParts;
  readonly #held: Notification[] = [];
  #need = 0;

  constructor(parts: AttentionParts) {
    this.#parts = parts;
  }

  /** A notification, a sound, and a window that asks for attention. */
  raise({ kind, title, body, provider }: Notice): void {
    const { memory, open, tell, window } = this.#parts;
    const { muted } = memory.desk;
    if (muted.includes(kind)) return;
    tell(`Told: ${title}`);
    const silent = muted.includes('sound');
    const notification = new Notification({ title, body, silent, urgency: 'critical' });
    notification.on('click', () => open(provider));
    notification.show();
    this.#held.push(notification);
    if (this.#held.length > HELD) this.#held.shift();
    if (!silent && !notificationsSound()) shell.beep();
    const main = window();
    if (main === null || main.isFocused()) return;
    main.once('focus', () => main.flashFrame(false));
    main.flashFrame(true);
  }

  /** How many LPs need a person, on the program's icon. */
  state({ need, worst, text }: DeskState): void {
    if (need === this.#need) return;
    this.#need = need;
    if (countShownBy() === 'badge') app.setBadgeCount(need);
    else this.#parts.window()?.setOverlayIcon(need === 0 ? null : trayImage(worst), need === 0 ? '' : text);
  }
}
