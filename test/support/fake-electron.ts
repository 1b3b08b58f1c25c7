import { EventEmitter } from 'node:events';
import type { Rect } from '../../main/shell/window-place.ts';

/** What a test of the shell sees and sets of the Electron below; `vi.mock('electron', async () => (await import('…')).fakeElectron)`. */
export const desktop = {
  windows: [] as FakeWindow[],
  /** Work areas, the primary one first. */
  monitors: [] as Rect[],
  focused: null as FakeWindow | null,
  questions: [] as { readonly message: string; readonly parent: unknown }[],
  /** Answers the last question. */
  answer: (_response: number): void => undefined,
  reset(): void {
    desktop.windows.length = 0;
    desktop.questions.length = 0;
    desktop.monitors = [{ x: 0, y: 0, width: 2560, height: 1440 }];
    desktop.focused = null;
    FakeNotification.shown = [];
    FakeTray.none = false;
    Object.assign(app, { badge: 0, quits: 0, beeps: 0 });
  },
};

type OpenHandler = (details: { readonly url: string; readonly frameName: string }) => { readonly action: string };

class FakeContents extends EventEmitter {
  hangs = false;
  crashed = 0;
  zoom = 0;
  url = '';
  opens: OpenHandler = () => ({ action: 'nobody was asked' });
  executeJavaScript(): Promise<unknown> {
    return this.hangs ? new Promise(() => undefined) : Promise.resolve(0);
  }
  forcefullyCrashRenderer(): void {
    this.crashed += 1;
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.opens = handler;
  }
  setZoomLevel(level: number): void {
    this.zoom = level;
  }
  getURL(): string {
    return this.url;
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents();
  readonly loaded: string[] = [];
  readonly options: Record<string, unknown>;
  bounds: Rect;
  shown = 0;
  focused = 0;
  flashes: boolean[] = [];
  visible = false;
  minimized = false;
  maximized = false;
  fullScreen = false;
  everywhere = false;
  static getAllWindows(): readonly FakeWindow[] {
    return desktop.windows;
  }
  static getFocusedWindow(): FakeWindow | null {
    return desktop.focused;
  }
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    const { x = 0, y = 0, width = 0, height = 0 } = options as Partial<Rect>;
    this.bounds = { x, y, width, height };
    desktop.windows.push(this);
  }
  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    this.webContents.url = url;
  }
  show(): void {
    this.shown += 1;
    this.visible = true;
  }
  showInactive(): void {
    this.show();
  }
  hide(): void {
    this.visible = false;
  }
  focus(): void {
    this.focused += 1;
  }
  flashFrame(flag: boolean): void {
    this.flashes.push(flag);
  }
  isDestroyed(): boolean {
    return false;
  }
  isVisible(): boolean {
    return this.visible;
  }
  isFocused(): boolean {
    return desktop.focused === this;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  restore(): void {
    this.minimized = false;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  maximize(): void {
    this.maximized = true;
  }
  isFullScreen(): boolean {
    return this.fullScreen;
  }
  setFullScreen(flag: boolean): void {
    this.fullScreen = flag;
  }
  isAlwaysOnTop(): boolean {
    return this.options['alwaysOnTop'] === true;
  }
  setVisibleOnAllWorkspaces(flag: boolean): void {
    this.everywhere = flag;
  }
  getBounds(): Rect {
    return this.bounds;
  }
  getNormalBounds(): Rect {
    return this.bounds;
  }
  setBounds(bounds: Rect): void {
    this.bounds = bounds;
    this.emit('move');
  }
  /** As when a person closes it. @returns whether it closed */
  close(): boolean {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (prevented) return false;
    desktop.windows.splice(desktop.windows.indexOf(this), 1);
    this.emit('closed');
    return true;
  }
}

const displays = (): { id: number; workArea: Rect }[] => desktop.monitors.map((workArea, id) => ({ id, workArea }));

export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => displays()[0],
  getAllDisplays: displays,
});

/** Over a window, or by itself. */
function showMessageBox(...asked: readonly unknown[]): Promise<{ response: number }> {
  const [parent, question] = asked.length === 1 ? [undefined, asked[0]] : asked;
  desktop.questions.push({ message: (question as { message: string }).message, parent });
  return new Promise((resolve) => {
    desktop.answer = (response) => resolve({ response });
  });
}

type Item = { readonly label?: string; readonly click?: () => void };

/** A place beside the clock, or none. */
export class FakeTray extends EventEmitter {
  static none = false;
  static last: FakeTray | null = null;
  images: string[];
  tooltip = '';
  items: readonly Item[] = [];
  destroyed = false;
  constructor(image: string) {
    super();
    if (FakeTray.none) throw new Error('no tray here');
    this.images = [image];
    FakeTray.last = this;
  }
  setToolTip(text: string): void {
    this.tooltip = text;
  }
  setImage(image: string): void {
    this.images.push(image);
  }
  setContextMenu(items: readonly Item[]): void {
    this.items = items;
  }
  press(label: string): void {
    this.items.find((item) => item.label === label)?.click?.();
  }
  destroy(): void {
    this.destroyed = true;
  }
}

export class FakeNotification extends EventEmitter {
  static shown: FakeNotification[] = [];
  readonly options: { readonly title: string; readonly body: string; readonly silent: boolean };
  constructor(options: FakeNotification['options']) {
    super();
    this.options = options;
  }
  show(): void {
    FakeNotification.shown.push(this);
  }
}

export const app = Object.assign(new EventEmitter(), {
  badge: 0,
  quits: 0,
  beeps: 0,
  setAppUserModelId: () => undefined,
  setBadgeCount: (count: number) => {
    app.badge = count;
  },
  quit: () => {
    app.quits += 1;
  },
});

export const fakeElectron = {
  app,
  BrowserWindow: FakeWindow,
  screen,
  dialog: { showMessageBox },
  Menu: { buildFromTemplate: (items: readonly Item[]) => items },
  nativeImage: { createFromBitmap: (bitmap: Buffer) => bitmap.toString('base64') },
  Notification: FakeNotification,
  Tray: FakeTray,
  shell: {
    beep: () => {
      app.beeps += 1;
    },
  },
  protocol: {},
};
