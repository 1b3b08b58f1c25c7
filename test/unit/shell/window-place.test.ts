import { describe, expect, it } from 'vitest';
import { fitted, type Rect } from '../../../main/shell/window-place.ts';

const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const SIZE = { width: 1600, height: 1000 };
/** With a task bar of 40 px. */
const PRIMARY = rect(0, 0, 1920, 1040);
const RIGHT = rect(1920, 0, 2560, 1400);
const LEFT = rect(-1280, 200, 1280, 984);

describe('a window that was never open', () => {
  it('stands in the middle of the primary monitor, no larger than it', () => {
    expect(fitted(null, SIZE, [PRIMARY, RIGHT])).toEqual(rect(160, 20, 1600, 1000));
    expect(fitted(null, SIZE, [rect(0, 25, 1280, 700)])).toEqual(rect(0, 25, 1280, 700));
  });
});

describe('a window that was open before', () => {
  it.each([
    ['is where it was', rect(100, 50, 1200, 800), rect(100, 50, 1200, 800)],
    ['is where it was, left of the primary monitor', rect(-1200, 300, 1000, 700), rect(-1200, 300, 1000, 700)],
    ['may span two monitors', rect(1500, 100, 1000, 800), rect(1500, 100, 1000, 800)],
    ['comes back from a monitor that is gone', rect(6000, 100, 1200, 800), rect(360, 120, 1200, 800)],
    ['comes back when nobody could find it', rect(1900, 1390, 1200, 800), rect(360, 120, 1200, 800)],
    ['is moved in from over an edge', rect(3900, 900, 1200, 800), rect(3280, 600, 1200, 800)],
    ['is moved in when its title is above the monitor', rect(100, -300, 1200, 800), rect(100, 0, 1200, 800)],
    ['is shrunk to its monitor', rect(-1280, 100, 3000, 2000), rect(0, 0, 1920, 1040)],
    ['keeps the shadow that Windows counts as its own', rect(-7, 0, 1934, 1047), rect(-7, 0, 1934, 1047)],
  ])('%s', (_what, wanted, stands) => {
    expect(fitted(wanted, SIZE, [PRIMARY, RIGHT, LEFT])).toEqual(stands);
  });

  it('is on the only monitor that is left, shrunk to it', () => {
    expect(fitted(rect(2000, 100, 2400, 1300), SIZE, [PRIMARY])).toEqual(rect(0, 0, 1920, 1040));
    expect(fitted(rect(5000, 100, 2400, 1300), SIZE, [PRIMARY])).toEqual(rect(0, 0, 1920, 1040));
  });

  it('is not moved where the system tells of no monitor', () => {
    expect(fitted(rect(5, 6, 7, 8), SIZE, [])).toEqual(rect(5, 6, 7, 8));
    expect(fitted(null, SIZE, [])).toEqual(rect(0, 0, 1600, 1000));
  });
});
