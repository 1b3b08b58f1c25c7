import { describe, expect, it } from 'vitest';
import type { LpState, LpView } from '../../../main/contracts/lp-view.ts';
import { TRAY_SIDE, trayBitmap } from '../../../main/shell/tray-shape.ts';
import { deskState, WORST_STATES } from '../../../main/shell/worst-state.ts';
import { fakeLp } from '../../support/fake-lps.ts';

const NOW = Date.UTC(2026, 0, 5, 9);
const UP: LpState = { kind: 'logged-on' };
const ERROR: LpState = { kind: 'error' };
const KILLED: LpState = { kind: 'killed', latch: { incidentId: 'i', by: 'a', reason: 'b', atMs: NOW } };
const RETRY: LpState = { kind: 'retry', atMs: NOW, attempt: 1 };
const RECOVERING: LpState = { kind: 'recovering', received: 1, total: 2 };
const lps = (...states: readonly LpState[]): readonly LpView[] =>
  states.map((state, n) => {
    const trouble = ['retry', 'error', 'recovering'].includes(state.kind) ? { sinceMs: NOW, downSinceMs: null } : null;
    return { ...fakeLp(0, NOW, true), provider: `LP-${n}`, state, trouble, statsAtMs: NOW };
  });

describe('what the tray shows is the worst of all LPs', () => {
  it.each([
    ['idle', [], 'VFXLP fx1: 0 of 0 logged on'],
    ['idle', [{ kind: 'inactive' }], 'VFXLP fx1: 0 of 1 logged on'],
    ['up', [UP, { kind: 'inactive' }], 'VFXLP fx1: 1 of 2 logged on'],
    ['trouble', [UP, RETRY], 'VFXLP fx1: 1 of 2 logged on, 1 in trouble'],
    ['trouble', [RECOVERING], 'VFXLP fx1: 1 of 1 logged on, 1 in trouble'],
    ['killed', [UP, RETRY, KILLED], 'VFXLP fx1: 1 of 3 logged on, 1 in trouble, 1 killed'],
    ['error', [UP, RETRY, KILLED, ERROR], 'VFXLP fx1: 1 of 4 logged on, 2 in trouble, 1 killed'],
  ] as const)('%s', (worst, states, text) => {
    expect(deskState('fx1', lps(...states), NOW)).toMatchObject({ worst, text });
  });

  it('a session that is not heard of any more is trouble', () => {
    expect(deskState('fx1', lps(UP), NOW + 3_001)).toEqual({
      worst: 'trouble',
      need: 1,
      text: 'VFXLP fx1: 0 of 1 logged on, 1 in trouble',
    });
  });
});

describe('the picture of a state', () => {
  const covered = (bitmap: Buffer): boolean[] => Array.from({ length: TRAY_SIDE ** 2 }, (_, n) => (bitmap[n * 4 + 3] ?? 0) > 127);

  it('has a shape of its own, whatever its colour', () => {
    const shapes = WORST_STATES.map((state) => covered(trayBitmap(state)));
    for (const [n, one] of shapes.entries()) {
      expect(one.filter(Boolean).length).toBeGreaterThan(TRAY_SIDE ** 2 * 0.15);
      for (const other of shapes.slice(n + 1))
        expect(one.filter((is, at) => is !== other[at]).length).toBeGreaterThan(TRAY_SIDE ** 2 * 0.1);
    }
  });

  it('has a colour of its own, multiplied by its alpha, and nothing at its corner', () => {
    const middles = WORST_STATES.map((state) => {
      const bitmap = trayBitmap(state);
      for (let at = 0; at < bitmap.length; at += 4)
        for (const colour of bitmap.subarray(at, at + 3)) expect(colour).toBeLessThanOrEqual(bitmap[at + 3] ?? 0);
      expect(bitmap[3]).toBe(0);
      const at = covered(bitmap).indexOf(true) * 4;
      const solid = [...Array.from({ length: TRAY_SIDE ** 2 }, (_, n) => n * 4)].find((n) => bitmap[n + 3] === 255) ?? at;
      return bitmap.subarray(solid, solid + 3).toString('hex');
    });
    expect(new Set(middles).size).toBe(WORST_STATES.length);
  });
});
