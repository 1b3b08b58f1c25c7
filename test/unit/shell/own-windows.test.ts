import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WindowService } from '../../../main/shell/console-window.ts';
import { NEW_DESK } from '../../../main/shell/desk-memory.ts';
import { dialogParent } from '../../../main/shell/dialog-parent.ts';
import { keepOnMonitors } from '../../../main/shell/monitors.ts';
import { OwnWindows } from '../../../main/shell/own-windows.ts';
import type { Place } from '../../../main/shell/window-place.ts';
import { zoomBy } from '../../../main/shell/zoom.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { desktop, FakeWindow, screen } from '../../support/fake-electron.ts';

vi.mock('electron', async () => (await import('../../support/fake-electron.ts')).fakeElectron);

const PAGE = 'app://console/index.html';
let own: OwnWindows;
let open: readonly string[];
let quitting: boolean;
let attached: number;
let told: string[];
let clock: FakeClock;
const memory = {
  desk: NEW_DESK,
  place: (): Place | null => null,
  keepPlace: () => undefined,
  keepOpen: (window: string, isOpen: boolean) => {
    open = [...open.filter((name) => name !== window), ...(isOpen ? [window] : [])];
  },
};
const service: WindowService = {
  attach: () => {
    attached += 1;
  },
  hold: () => undefined,
  asked: () => undefined,
};
const last = (): FakeWindow => desktop.windows.at(-1) ?? new FakeWindow({});

beforeEach(() => {
  desktop.reset();
  clock = new FakeClock();
  [open, quitting, attached, told] = [[], false, 0, []];
  memory.desk = NEW_DESK;
  own = new OwnWindows({
    preload: '/preload.cjs',
    clock,
    memory,
    quitting: () => quitting,
    tell: (text) => told.push(text),
  });
});

describe('a window of its own', () => {
  it('shows its LP, is served and as closed in as the main one, and there is one for each LP', () => {
    own.serve(service);
    own.show('lp:LP-A');
    const window = last();
    expect(window.loaded).toEqual([`${PAGE}#/lp/LP-A/session`]);
    expect(window.options['webPreferences']).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    expect([attached, window.webContents.opens({ url: 'about:blank', frameName: '' }).action]).toEqual([1, 'deny']);
    own.show('lp:LP-A');
    expect([desktop.windows.length, window.focused]).toEqual([1, 1]);
    own.show('lp:LP-B');
    expect([desktop.windows.length, open]).toEqual([2, ['lp:LP-A', 'lp:LP-B']]);
    // None is quite over the other.
    expect(last().bounds.x).not.toBe(window.bounds.x);
    expect(told).toContain('lp:LP-B: The window is opened');
  });

  it('that is closed is forgotten, and can be opened again; one that closes with the console is not', () => {
    own.serve(service);
    own.show('lp:LP-A');
    own.show('strip');
    expect(last().close()).toBe(true);
    expect(open).toEqual(['lp:LP-A']);
    own.show('strip');
    quitting = true;
    for (const window of [...desktop.windows]) window.close();
    expect(open).toEqual(['lp:LP-A', 'strip']);
  });

  it('is opened at the next start, once the console serves', () => {
    memory.desk = { ...NEW_DESK, open: ['strip', 'lp:LP-A'] };
    own.show('lp:LP-B');
    expect(desktop.windows).toEqual([]);
    own.serve(service);
    expect(desktop.windows.map(({ loaded }) => loaded[0])).toEqual([`${PAGE}#/strip`, `${PAGE}#/lp/LP-A/session`]);
  });

  it('is refused when there are twelve', () => {
    own.serve(service);
    for (let n = 0; n < 14; n += 1) own.show(`lp:LP-${n}`);
    expect(desktop.windows).toHaveLength(12);
    expect(desktop.questions[0]?.message).toBe('12 windows are open besides this one. Close one of them first.');
  });
});

it('the strip is small, on top of all others, in the upper right, and takes no focus', () => {
  own.serve(service);
  own.show('strip');
  const strip = last();
  expect(strip.options).toMatchObject({ alwaysOnTop: true, width: 460, x: 2560 - 460 - 16, y: 16 });
  strip.emit('ready-to-show');
  expect([strip.visible, strip.focused, strip.everywhere]).toEqual([true, 0, true]);
});

it('a question is asked over a window that can be seen and is no strip', () => {
  const hidden = new FakeWindow({});
  const strip = new FakeWindow({ alwaysOnTop: true });
  strip.show();
  desktop.focused = strip;
  expect(dialogParent()).toBeUndefined();
  const seen = new FakeWindow({});
  seen.show();
  expect(dialogParent()).toBe(seen);
  hidden.show();
  desktop.focused = hidden;
  expect(dialogParent()).toBe(hidden);
});

it('windows come back from a monitor that is taken away', async () => {
  desktop.monitors = [
    { x: 0, y: 0, width: 1920, height: 1040 },
    { x: 1920, y: 0, width: 1920, height: 1080 },
  ];
  const end = keepOnMonitors(clock);
  const window = new FakeWindow({ x: 2000, y: 100, width: 1200, height: 800 });
  const maximized = new FakeWindow({ x: 2000, y: 100, width: 1200, height: 800 });
  maximized.maximize();
  desktop.monitors.pop();
  screen.emit('display-removed');
  screen.emit('display-metrics-changed');
  await clock.advance(499);
  expect(window.bounds.x).toBe(2000);
  await clock.advance(1);
  expect([window.bounds, maximized.bounds.x]).toEqual([{ x: 360, y: 120, width: 1200, height: 800 }, 2000]);
  end();
  screen.emit('display-removed');
  expect(clock.waiting).toBe(0);
});

it('zooms all windows together, within limits, and back', () => {
  const [one, two] = [new FakeWindow({}), new FakeWindow({})];
  const desk = { desk: { ...NEW_DESK, zoom: 5.9 }, change: (part: object) => Object.assign(desk.desk, part) };
  zoomBy(1, desk);
  expect([one.webContents.zoom, two.webContents.zoom, desk.desk.zoom]).toEqual([6, 6, 6]);
  zoomBy(-1, desk);
  expect(desk.desk.zoom).toBe(5.5);
  zoomBy(0, desk);
  expect([one.webContents.zoom, desk.desk.zoom]).toEqual([0, 0]);
});
