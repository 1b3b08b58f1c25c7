import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { askQuit } from '../../../main/shell/ask-quit.ts';
import { showMainWindow } from '../../../main/shell/main-window.ts';
import { denyPermissions, hardenApp } from '../../../main/shell/security.ts';

type Answer = (granted: boolean) => void;

const electron = vi.hoisted(() => ({
  request: null as ((contents: unknown, permission: string, answer: Answer) => void) | null,
  check: null as ((contents: unknown, permission: string) => boolean) | null,
  questions: [] as { message: string; buttons: readonly string[]; defaultId: number; cancelId: number }[],
  answer: 0,
  windows: [] as { options: Record<string, unknown>; loaded: string[]; shown: number; minimized: boolean; focused: number }[],
}));
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  class BrowserWindow extends Emitter {
    readonly webContents = Object.assign(new Emitter(), { reloads: 0, reload: () => this.reload() });
    readonly loaded: string[] = [];
    readonly options: Record<string, unknown>;
    shown = 0;
    focused = 0;
    minimized = false;
    static getAllWindows(): readonly unknown[] {
      return electron.windows;
    }
    constructor(options: Record<string, unknown>) {
      super();
      this.options = options;
      electron.windows.push(this);
    }
    async loadURL(url: string): Promise<void> {
      this.loaded.push(url);
      this.emit('ready-to-show');
    }
    show(): void {
      this.shown += 1;
    }
    focus(): void {
      this.focused += 1;
    }
    reload(): void {
      this.webContents.reloads += 1;
    }
    isMinimized(): boolean {
      return this.minimized;
    }
    restore(): void {
      this.minimized = false;
    }
  }
  return {
    app: new Emitter(),
    BrowserWindow,
    dialog: {
      showMessageBoxSync: (question: (typeof electron.questions)[number]) => {
        electron.questions.push(question);
        return electron.answer;
      },
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler: typeof electron.request) => {
          electron.request = handler;
        },
        setPermissionCheckHandler: (handler: typeof electron.check) => {
          electron.check = handler;
        },
      },
    },
  };
});

class Contents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  /** @returns whether the page may go on */
  asks(event: string, url: string): boolean {
    let prevented = false;
    this.emit(event, { url, preventDefault: () => (prevented = true) });
    return !prevented;
  }
}

describe('every page of the application', () => {
  let contents: Contents;
  let sandboxed: number;
  beforeEach(() => {
    sandboxed = 0;
    const application = Object.assign(new EventEmitter(), {
      enableSandbox: () => {
        sandboxed += 1;
      },
    });
    hardenApp(application as unknown as App);
    contents = new Contents();
    application.emit('web-contents-created', {}, contents);
  });

  it('is sandboxed', () => {
    expect(sandboxed).toBe(1);
  });

  it('opens no window', () => {
    for (const url of ['app://console/index.html', 'https://example.org', 'file:///etc/passwd']) {
      expect(contents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
  });

  it.each([
    ['app://console/index.html', true],
    ['app://console.evil.example/index.html', false],
    ['app://consoleevil/', false],
    ['app://console', false],
    ['https://example.org/app://console/', false],
    ['file:///etc/passwd', false],
    ['data:text/html,x', false],
    ['javascript:alert(1)', false],
  ])('may go to %s: %s', (url, allowed) => {
    expect(contents.asks('will-navigate', url)).toBe(allowed);
    expect(contents.asks('will-redirect', url)).toBe(allowed);
    expect(contents.asks('will-frame-navigate', url)).toBe(allowed);
  });

  it('embeds no other', () => {
    expect(contents.asks('will-attach-webview', 'app://console/index.html')).toBe(false);
  });

  it('is given no permission, neither asked for nor looked up', () => {
    denyPermissions();
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'hid',
      'openExternal',
      'new-in-electron-99',
    ]) {
      const answers: boolean[] = [];
      electron.request?.({}, permission, (granted) => answers.push(granted));
      expect(answers).toEqual([false]);
      expect(electron.check?.({}, permission)).toBe(false);
    }
  });
});

const always = (): boolean => true;

describe('the window', () => {
  beforeEach(() => {
    electron.windows.length = 0;
  });

  it('is sandboxed, isolated, without Node, and has the preload as its only way out', async () => {
    const prepared: unknown[] = [];
    await showMainWindow(
      '/opt/vfxlp/preload.cjs',
      (webContents) => {
        // Before the page is loaded: its first question must not go unanswered.
        expect(electron.windows.at(-1)?.loaded).toEqual([]);
        prepared.push(webContents);
      },
      always,
    );
    const window = electron.windows.at(-1);
    expect(prepared).toHaveLength(1);
    expect(window?.options['webPreferences']).toEqual({
      preload: '/opt/vfxlp/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    });
    expect(window?.loaded).toEqual(['app://console/index.html']);
  });

  it('is shown when it has something to show', async () => {
    await showMainWindow('/opt/vfxlp/preload.cjs', () => undefined, always);
    expect(electron.windows.at(-1)).toMatchObject({ options: { show: false }, shown: 1 });
  });

  it('is one: asked for again it comes to the front, as it is', async () => {
    await showMainWindow('/opt/vfxlp/preload.cjs', () => undefined, always);
    const [window] = electron.windows;
    if (window !== undefined) window.minimized = true;
    const attached: unknown[] = [];
    await showMainWindow('/opt/vfxlp/preload.cjs', (contents) => attached.push(contents), always);
    expect(electron.windows).toEqual([window]);
    expect(window).toMatchObject({ minimized: false, shown: 2, focused: 1, loaded: ['app://console/index.html'] });
    expect(attached).toEqual([]);
  });

  it('stays when it may not be closed', async () => {
    let may = false;
    await showMainWindow(
      '/opt/vfxlp/preload.cjs',
      () => undefined,
      () => may,
    );
    const window = electron.windows.at(-1) as unknown as EventEmitter;
    const closes = (): boolean => {
      let prevented = false;
      window.emit('close', { preventDefault: () => (prevented = true) });
      return !prevented;
    };
    expect(closes()).toBe(false);
    may = true;
    expect(closes()).toBe(true);
  });

  it('loads its page again when that has crashed, not when it has ended', async () => {
    await showMainWindow('/opt/vfxlp/preload.cjs', () => undefined, always);
    const { webContents } = electron.windows.at(-1) as unknown as { webContents: EventEmitter & { reloads: number } };
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(webContents.reloads).toBe(0);
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(webContents.reloads).toBe(1);
  });
});

describe('quitting by hand', () => {
  beforeEach(() => {
    electron.questions.length = 0;
  });

  it('asks nothing when nothing is logged on', () => {
    expect(askQuit(0)).toBe(true);
    expect(electron.questions).toEqual([]);
  });

  it('asks when sessions would be logged out; Enter and Esc stay', () => {
    electron.answer = 0;
    expect(askQuit(7)).toBe(false);
    electron.answer = 1;
    expect(askQuit(7)).toBe(true);
    const [question] = electron.questions;
    expect(question?.message).toContain('7 LPs are logged on');
    expect([question?.buttons[question.defaultId], question?.buttons[question.cancelId]]).toEqual(['Stay', 'Stay']);
  });
});
