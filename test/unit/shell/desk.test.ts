import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsoleDelta } from '../../../main/contracts/ipc.ts';
import type { LpState, LpView } from '../../../main/contracts/lp-view.ts';
import { type OpenDesk, openDesk } from '../../../main/shell/desk.ts';
import { DeskMemory } from '../../../main/shell/desk-memory.ts';
import { MainWindow } from '../../../main/shell/main-window.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { app, desktop, FakeNotification, FakeTray, type FakeWindow } from '../../support/fake-electron.ts';
import { fakeLp } from '../../support/fake-lps.ts';

vi.mock('electron', async () => (await import('../../support/fake-electron.ts')).fakeElectron);

const PAGE = 'app://console/index.html';
const UP: LpState = { kind: 'logged-on' };
let dir: string;
let clock: FakeClock;
let memory: DeskMemory;
let desk: OpenDesk;
let quitting: boolean;
let kills: number;
let push: (delta: ConsoleDelta) => void;
let subscribed: boolean;
let told: string[];

const lp = (provider: string, state: LpState): LpView => {
  const nowMs = clock.nowMs();
  const trouble = state.kind === 'error' ? { sinceMs: nowMs, downSinceMs: nowMs } : null;
  return { ...fakeLp(0, nowMs, true), provider, state, trouble, statsAtMs: nowMs };
};
const heard = (...lps: readonly LpView[]): void =>
  push({ counter: 1, nowMs: clock.nowMs(), lps, removed: [], health: null, incidents: [] });
const mainWindow = (): FakeWindow => {
  const [window] = desktop.windows;
  if (window === undefined) throw new Error('there is no window');
  return window;
};
const goesDown = async (provider: string): Promise<void> => {
  heard(lp(provider, { kind: 'error' }));
  await clock.advance(6_000);
};

beforeEach(() => {
  desktop.reset();
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-desk-'));
  clock = new FakeClock();
  [quitting, kills, subscribed, told] = [false, 0, false, []];
  memory = new DeskMemory(join(dir, 'desk.json'), clock, (text) => told.push(text));
  begin();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function begin(): void {
  const parts = { preload: '/preload.cjs', clock, memory, tell: (text: string) => told.push(text) };
  const main = new MainWindow({ ...parts, mayClose: () => !desk.hides() });
  main.show();
  mainWindow().show();
  desk = openDesk({
    ...parts,
    main,
    served: { attach: () => undefined, hold: () => undefined },
    feed: {
      snapshot: () => ({ host: 'fx1', lps: [lp('LP-A', UP), lp('LP-B', UP)] }),
      subscribe: ({ delta }) => {
        [push, subscribed] = [delta, true];
        return () => {
          subscribed = false;
        };
      },
    },
    killAll: () => {
      kills += 1;
    },
    quitting: () => quitting,
  });
}

describe('the tray', () => {
  it('has the counters, the worst state, and Show, Kill all and Quit', async () => {
    const tray = FakeTray.last;
    expect(tray?.tooltip).toBe('VFXLP fx1: 2 of 2 logged on');
    const shown = tray?.images.length ?? 0;
    heard(lp('LP-A', UP));
    expect(tray?.images).toHaveLength(shown);
    heard(lp('LP-B', { kind: 'error' }));
    expect(tray?.tooltip).toBe('VFXLP fx1: 1 of 2 logged on, 1 in trouble');
    expect([tray?.images.length, app.badge]).toEqual([shown + 1, 1]);
    mainWindow().hide();
    tray?.press('Show');
    expect(mainWindow().visible).toBe(true);
    tray?.press('Kill all LPs…');
    tray?.press('Quit');
    expect([kills, app.quits]).toEqual([1, 1]);
    await desk.close();
    expect([tray?.destroyed, subscribed]).toEqual([true, false]);
  });

  it('takes the window only when somebody has chosen it, says so once, and never while the console ends', () => {
    expect(mainWindow().close()).toBe(true);
    begin();
    desk.view.closesToTray?.set(true);
    const window = mainWindow();
    expect([window.close(), window.visible]).toEqual([false, false]);
    FakeTray.last?.emit('click');
    expect([window.visible, window.close(), desktop.questions.length]).toEqual([true, false, 1]);
    expect(desktop.questions[0]?.message).toBe('The console goes on in the tray, and its LPs stay logged on.');
    quitting = true;
    expect(window.close()).toBe(true);
  });

  it('that the system does not have takes no window, and cannot be chosen', () => {
    FakeTray.none = true;
    memory.change({ closesToTray: true });
    desktop.windows.length = 0;
    begin();
    expect(desk.view.closesToTray).toBeNull();
    expect(told.at(-1)).toBe('There is no tray: no tray here');
    expect(mainWindow().close()).toBe(true);
  });
});

describe('somebody who looks elsewhere', () => {
  it('is told of an LP that goes down; a click shows that LP', async () => {
    await goesDown('LP-A');
    const [notice] = FakeNotification.shown;
    expect(notice?.options).toMatchObject({ title: 'LP-A down', silent: false });
    expect([app.beeps, mainWindow().flashes]).toEqual([1, [true]]);
    mainWindow().emit('focus');
    expect(mainWindow().flashes).toEqual([true, false]);
    notice?.emit('click');
    expect(mainWindow().loaded.at(-1)).toBe(`${PAGE}#/lp/LP-A/session`);
  });

  it('who sits before the window is not flashed at', async () => {
    desktop.focused = mainWindow();
    await goesDown('LP-A');
    expect([FakeNotification.shown.length, mainWindow().flashes]).toEqual([1, []]);
  });

  it('may mute the sound, or what went down, and that is remembered', async () => {
    desk.view.told.sound.set(false);
    await goesDown('LP-A');
    expect([FakeNotification.shown.length, FakeNotification.shown[0]?.options.silent, app.beeps]).toEqual([1, true, 0]);
    desk.view.told.down.set(false);
    await goesDown('LP-B');
    expect(FakeNotification.shown).toHaveLength(1);
    const latch = { incidentId: 'i', by: 'a', reason: 'b', atMs: 0 };
    heard(lp('LP-B', { kind: 'killed', latch }));
    await clock.advance(6_000);
    expect(FakeNotification.shown.map(({ options }) => options.title)).toEqual(['LP-A down', 'LP-B killed']);
    await desk.close();
    const again = new DeskMemory(join(dir, 'desk.json'), clock, () => undefined);
    expect(again.desk.muted).toEqual(['sound', 'down']);
    desk.view.told.down.set(true);
    expect(memory.desk.muted).toEqual(['sound']);
  });
});
