import { type BrowserWindow, dialog } from 'electron';
import { viewOf } from './asked-window.ts';
import { bringForward, createWindow, loadPage, type WindowLook, type WindowParts, type WindowService } from './console-window.ts';
import type { DeskMemory, WindowName } from './desk-memory.ts';
import { CONSOLE_LOOK } from './main-window.ts';
import { workAreas } from './monitors.ts';

/** Each is a process with some 90 MB. */
const MOST = 12;
/** Between windows that open one after the other, px. */
const CASCADE = 40;
/** From the edges of the monitor, px. */
const MARGIN = 16;

const STRIP_LOOK: WindowLook = {
  title: 'VFXLP strip',
  size: { width: 460, height: 220 },
  least: { width: 300, height: 90 },
  options: { alwaysOnTop: true, skipTaskbar: true, maximizable: false, fullscreenable: false, autoHideMenuBar: true },
};
const LP_LOOK: WindowLook = { ...CONSOLE_LOOK, size: { width: 1_280, height: 860 } };

export interface OwnWindowsParts extends WindowParts {
  readonly memory: Pick<DeskMemory, 'desk' | 'place' | 'keepPlace' | 'keepOpen'>;
  /** Windows that close because the console ends are open again at the next start. */
  readonly quitting: () => boolean;
}

/** Windows besides the main one: one LP each, and the strip, which lies over all others and shows what is in trouble. */
export class OwnWindows {
  readonly #parts: OwnWindowsParts;
  readonly #open = new Map<WindowName, BrowserWindow>();
  #service: WindowService | null = null;

  constructor(parts: OwnWindowsParts) {
    this.#parts = parts;
  }

  /** From now on windows can be opened; those of last time are. */
  serve(service: WindowService): void {
    this.#service = service;
    for (const name of this.#parts.memory.desk.open) this.show(name);
  }

  /** Opens it, or brings it to the front. */
  show(name: WindowName): void {
    const service = this.#service;
    if (service === null || name === 'main') return;
    const open = this.#open.get(name);
    if (open !== undefined) {
      bringForward(open);
      return;
    }
    if (this.#open.size >= MOST) {
      this.#tellTooMany();
      return;
    }
    const { memory, quitting, tell } = this.#parts;
    const strip = name === 'strip';
    const window = createWindow(name, strip ? this.#stripLook() : this.#lpLook(), this.#parts);
    this.#open.set(name, window);
    memory.keepOpen(name, true);
    // On whatever desktop one works.
    if (strip) window.setVisibleOnAllWorkspaces(true);
    window.once('ready-to-show', () => (strip ? window.showInactive() : window.show()));
    window.once('closed', () => {
      this.#open.delete(name);
      if (!quitting()) memory.keepOpen(name, false);
    });
    loadPage(window, viewOf(name), service, { ...this.#parts, tell: (text) => tell(`${name}: ${text}`) });
  }

  /** Out of the way: at the upper right. */
  #stripLook(): WindowLook {
    const [area] = workAreas();
    if (area === undefined) return STRIP_LOOK;
    return { ...STRIP_LOOK, at: { x: area.x + area.width - STRIP_LOOK.size.width - MARGIN, y: area.y + MARGIN } };
  }

  /** None quite over the one before. */
  #lpLook(): WindowLook {
    const [area] = workAreas();
    if (area === undefined) return LP_LOOK;
    const by = CASCADE * (1 + this.#open.size);
    return { ...LP_LOOK, at: { x: area.x + by, y: area.y + by } };
  }

  #tellTooMany(): void {
    this.#parts.tell(`No more than ${MOST} windows are opened`);
    void dialog.showMessageBox({
      type: 'info',
      title: 'VFXLP console',
      message: `${MOST} windows are open besides this one. Close one of them first.`,
      buttons: ['OK'],
      noLink: true,
    });
  }
}
