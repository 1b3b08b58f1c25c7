import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NEW_DESK } from '../../../main/shell/desk-memory.ts';
import { MainWindow } from '../../../main/shell/main-window.ts';
import type { Place } from '../../../main/shell/window-place.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { desktop, type FakeWindow } from '../../support/fake-electron.ts';

vi.mock('electron', async () => (await import('../../support/fake-electron.ts')).fakeElectron);

const URL = 'app://console/index.html';
const START = 'app://console/start.html';
let main: MainWindow;
let clock: FakeClock;
let told: string[];
let held: boolean[];
let may: boolean;
let attached: (readonly string[])[];
let asked: (readonly string[])[];
let remembered: Place | null;
let kept: Place[];

const show = (): FakeWindow => {
  main.show();
  return desktop.windows.at(-1) as FakeWindow;
};
const serve = (): void =>
  main.serve({
    attach: () => attached.push([...(desktop.windows.at(-1)?.loaded ?? [])]),
    hold: (_contents, isHeld) => held.push(isHeld),
    asked: (...what) => asked.push(what),
  });
/** The page runs. */
const shown = (): FakeWindow => {
  const window = show();
  window.webContents.emit('did-finish-load');
  return window;
};
const pass = async (ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 100) {
    await clock.advance(Math.min(100, ms - passed));
    await settle();
  }
};

beforeEach(() => {
  desktop.reset();
  clock = new FakeClock();
  [told, held, attached, asked, kept] = [[], [], [], [], []];
  remembered = null;
  may = true;
  const memory = {
    desk: { ...NEW_DESK, zoom: 1.5 },
    place: () => remembered,
    keepPlace: (_window: string, place: Place) => kept.push(place),
  };
  main = new MainWindow({
    preload: '/opt/vfxlp/preload.cjs',
    clock,
    memory,
    mayClose: () => may,
    tell: (text) => told.push(text),
  });
});

describe('while the console starts, the window', () => {
  it('is there at once with a page that says the step, sandboxed like any other, and serves no request', async () => {
    const window = show();
    expect(window.loaded).toEqual([`${START}#1`]);
    expect(window.options['webPreferences']).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    await clock.advance(250);
    let painted = false;
    void main.painted.then(() => (painted = true));
    await settle();
    expect(painted).toBe(false);
    window.emit('ready-to-show');
    await settle();
    expect([window.shown, painted]).toEqual([1, true]);
    expect(told).toEqual(['The window is painted, 250 ms after it was asked for']);
    main.step(2);
    main.step(3);
    expect([window.loaded, attached]).toEqual([[`${START}#1`, `${START}#2`, `${START}#3`], []]);
    serve();
    expect([window.loaded.at(-1), desktop.windows.length]).toEqual([URL, 1]);
  });

  it('that was closed is opened again where the start is then', () => {
    show().emit('closed');
    main.step(3);
    expect(show().loaded).toEqual([`${START}#3`]);
    desktop.windows.at(-1)?.emit('closed');
    serve();
    expect(attached).toEqual([]);
    expect(show().loaded).toEqual([URL]);
  });
});

describe('the window', () => {
  beforeEach(() => serve());

  it('is sandboxed, isolated, without Node, and has the preload as its only way out', () => {
    const window = show();
    // Served before the page is loaded: its first question must not go unanswered.
    expect(attached).toEqual([[]]);
    expect(window.options['webPreferences']).toEqual({
      preload: '/opt/vfxlp/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      backgroundThrottling: false,
    });
    expect(window.loaded).toEqual([URL]);
  });

  it('is shown when it has something to show', () => {
    const window = show();
    expect(window).toMatchObject({ options: { show: false }, shown: 0 });
    window.emit('ready-to-show');
    expect(window.shown).toBe(1);
  });

  it('is no larger than the screen, KILL ALL being at its edge', () => {
    expect(show().options).toMatchObject({ width: 1600, height: 1000, minWidth: 1100, minHeight: 640 });
    desktop.windows.at(-1)?.emit('closed');
    desktop.monitors = [{ x: 0, y: 0, width: 960, height: 540 }];
    expect(show().options).toMatchObject({ width: 960, height: 540, minWidth: 960, minHeight: 540 });
  });

  it('is one: asked for again it comes to the front, as it is', () => {
    const window = show();
    window.minimized = true;
    expect(show()).toBe(window);
    expect(window).toMatchObject({ minimized: false, shown: 1, focused: 1, loaded: [URL] });
    expect([desktop.windows.length, attached.length]).toEqual([1, 1]);
  });

  it('is where it was, zoomed as it was, and what becomes of it is kept', () => {
    remembered = { x: 100, y: 50, width: 1200, height: 800, maximized: true, fullScreen: false };
    const window = show();
    expect(window.options).toMatchObject({ x: 100, y: 50, width: 1200, height: 800 });
    window.emit('ready-to-show');
    window.webContents.emit('did-finish-load');
    expect([window.maximized, window.webContents.zoom]).toEqual([true, 1.5]);
    window.bounds = { x: 7, y: 8, width: 1300, height: 900 };
    window.minimized = true;
    window.emit('resize');
    expect(kept).toEqual([]);
    window.minimized = false;
    window.emit('move');
    expect(kept).toEqual([{ x: 7, y: 8, width: 1300, height: 900, maximized: true, fullScreen: false }]);
  });

  it('shows an LP without being loaded anew', () => {
    const window = show();
    main.show('#/lp/LP-A/session');
    main.show('#/lp/LP-A/session');
    main.show();
    expect(window.loaded).toEqual([URL, `${URL}#/lp/LP-A/session`]);
    window.close();
    main.show('#/lp/LP-A/session');
    expect(desktop.windows.at(-1)?.loaded).toEqual([`${URL}#/lp/LP-A/session`]);
  });

  it('gives its page no window, and hears what it asked for', () => {
    const window = show();
    const url = `${URL}#/lp/LP-A/session`;
    expect(window.webContents.opens({ url, frameName: 'x' })).toEqual({ action: 'deny' });
    expect(asked).toEqual([[url, 'x']]);
  });

  it('stays when it may not be closed', () => {
    const window = show();
    const closes = (): boolean => {
      let prevented = false;
      window.emit('close', { preventDefault: () => (prevented = true) });
      return !prevented;
    };
    may = false;
    expect(closes()).toBe(false);
    may = true;
    expect(closes()).toBe(true);
  });
});

describe('its page', () => {
  beforeEach(() => serve());

  it('is loaded again when it has crashed, not when it has ended, and the log says why', async () => {
    const window = shown();
    window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 });
    await pass(60_000);
    expect(window.loaded).toHaveLength(1);
    window.webContents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 9 });
    await pass(300);
    expect(window.loaded).toEqual([URL, URL]);
    expect(told.at(-1)).toBe("The window's page has ended: oom, exit code 9. It is loaded again in 250 ms.");
  });

  it('that crashes as it loads is not loaded without pause, and begins anew once it has lasted', async () => {
    const window = show();
    window.webContents.on('did-start', () => undefined);
    const loads: number[] = [];
    for (let n = 0; n < 10_000; n += 100) {
      if (window.loaded.length > loads.length) {
        loads.push(n);
        window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 11 });
      }
      await pass(100);
    }
    expect(loads.length).toBeLessThanOrEqual(7);
    await pass(30_000);
    window.webContents.emit('did-finish-load');
    await pass(61_000);
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 11 });
    expect(told.at(-1)).toContain('in 250 ms');
  });

  it('that could not be loaded is loaded again; one whose place another load took is not', async () => {
    const window = show();
    window.webContents.emit('did-fail-load', {}, -3, 'ERR_ABORTED', URL, true);
    window.webContents.emit('did-fail-load', {}, -6, 'ERR_FILE_NOT_FOUND', 'app://console/a.png', false);
    await pass(5_000);
    expect(window.loaded).toHaveLength(1);
    window.webContents.emit('did-fail-load', {}, -2, 'ERR_FAILED', URL, true);
    await pass(300);
    expect(window.loaded).toHaveLength(2);
  });

  it('that hangs is told after 3 s, gets nothing more to read, and is replaced when the person wants it', async () => {
    const window = shown();
    await pass(10_000);
    expect(desktop.questions).toEqual([]);
    window.webContents.hangs = true;
    await pass(5_000);
    expect(desktop.questions.map(({ message }) => message)).toEqual(['The window does not answer.']);
    expect(held).toEqual([true]);
    await pass(60_000);
    expect(desktop.questions).toHaveLength(1);
    desktop.answer(1);
    await settle();
    expect(window.webContents.crashed).toBe(1);
    window.webContents.hangs = false;
    window.webContents.emit('render-process-gone', {}, { reason: 'killed', exitCode: 9 });
    await pass(30_000);
    expect([held, window.loaded.length]).toEqual([[true, false], 2]);
  });

  it('that answers again is left alone, whatever is said to the question then', async () => {
    const window = shown();
    await pass(2_000);
    let answer: (value: unknown) => void = () => undefined;
    Object.assign(window.webContents, { executeJavaScript: () => new Promise((resolve) => (answer = resolve)) });
    await pass(5_000);
    expect(held).toEqual([true]);
    answer(0);
    await settle();
    expect(held).toEqual([true, false]);
    desktop.answer(1);
    await settle();
    expect(window.webContents.crashed).toBe(0);
  });
});
