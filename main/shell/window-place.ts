/** In pixels of the desktop that all monitors make up, as Electron counts them. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a window was: its bounds when it is neither maximised nor full screen, and whether it was. */
export interface Place extends Rect {
  readonly maximized: boolean;
  readonly fullScreen: boolean;
}

/** With less than this of it on a monitor nobody finds a window, or can drag it back, px. */
const SEEN: Size = { width: 100, height: 40 };
/** Windows counts the shadow of a window as part of it, px. */
const TOLERANCE = 16;

const overlap = (a: Rect, b: Rect): Size => ({
  width: Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)),
  height: Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)),
});
const areaOf = ({ width, height }: Size): number => width * height;
const between = (least: number, value: number, most: number): number => Math.max(least, Math.min(value, most));

/**
 * Where a window stands on the monitors that are there now. One that is on none of them comes to the primary one, one that is larger than its
 * monitor is shrunk, and one that hangs over an edge, where KILL ALL may be, is moved in; one that spans monitors stays.
 *
 * @param wanted where it was; null: it was never anywhere
 * @param size of a window that was never anywhere
 * @param workAreas of all monitors, the primary one first
 */
export function fitted(wanted: Rect | null, size: Size, workAreas: readonly Rect[]): Rect {
  const [primary] = workAreas;
  if (primary === undefined) return wanted ?? { x: 0, y: 0, ...size };
  if (wanted === null) return centred(size, primary);
  const seen = workAreas.map((area) => ({ area, shown: overlap(wanted, area) }));
  const best = seen.toSorted((a, b) => areaOf(b.shown) - areaOf(a.shown))[0];
  if (best === undefined || best.shown.width < SEEN.width || best.shown.height < SEEN.height) return centred(wanted, primary);
  const inside = within(wanted, best.area);
  const moved = Math.max(
    Math.abs(inside.x - wanted.x),
    Math.abs(inside.y - wanted.y),
    Math.abs(inside.width - wanted.width),
    Math.abs(inside.height - wanted.height),
  );
  const spans = seen.reduce((sum, { shown }) => sum + areaOf(shown), 0) >= areaOf(wanted);
  return moved <= TOLERANCE || spans ? rectOf(wanted) : inside;
}

/** What of a place, or of bounds, is the rectangle. */
export const rectOf = ({ x, y, width, height }: Rect): Rect => ({ x, y, width, height });

const shrunk = (size: Size, area: Size): Size => ({
  width: Math.min(size.width, area.width),
  height: Math.min(size.height, area.height),
});

function centred(size: Size, area: Rect): Rect {
  const { width, height } = shrunk(size, area);
  return { x: area.x + Math.round((area.width - width) / 2), y: area.y + Math.round((area.height - height) / 2), width, height };
}

function within(wanted: Rect, area: Rect): Rect {
  const { width, height } = shrunk(wanted, area);
  return {
    x: between(area.x, wanted.x, area.x + area.width - width),
    y: between(area.y, wanted.y, area.y + area.height - height),
    width,
    height,
  };
}
