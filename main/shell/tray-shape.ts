import type { WorstState } from './worst-state.ts';

/** Side of the square, px; systems shrink it to what they need. */
export const TRAY_SIDE = 32;
/** Samples of each pixel, in each direction. */
const FINE = 4;

/** In a square from -1 to 1, y downwards. */
type Inside = (x: number, y: number) => boolean;

interface Look {
  readonly inside: Inside;
  /** Red, green, blue: seen on a dark bar and on a light one. */
  readonly colour: readonly [number, number, number];
}

/** The screen's own shapes: nobody needs to tell the colours apart. */
const LOOKS: Readonly<Record<WorstState, Look>> = {
  // A triangle that stands on its side.
  error: { inside: (x, y) => y < 0.85 && y > -0.95 && Math.abs(x) < (y + 0.95) * 0.54, colour: [226, 68, 60] },
  killed: {
    inside: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.9 && Math.min(Math.abs(x - y), Math.abs(x + y)) < 0.38,
    colour: [150, 92, 220],
  },
  // A circle that is begun again: open at its upper right, with the head of an arrow there.
  trouble: {
    inside: (x, y) => {
      const far = Math.hypot(x, y);
      const arc = far < 0.9 && far > 0.5 && !(x > 0 && y < 0.1 && x > -y * 0.2);
      return arc || (x > -0.05 && x < 0.85 && Math.abs(y + 0.55) < (0.85 - x) * 0.5);
    },
    colour: [226, 160, 48],
  },
  up: { inside: (x, y) => Math.hypot(x, y) < 0.72, colour: [122, 150, 178] },
  idle: { inside: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.55, colour: [143, 153, 166] },
};

/** The picture of a state, as Electron takes a bitmap: blue, green, red, alpha for each pixel, colours multiplied by alpha. */
export function trayBitmap(state: WorstState): Buffer {
  const { inside, colour } = LOOKS[state];
  const [red, green, blue] = colour;
  const bitmap = Buffer.alloc(TRAY_SIDE * TRAY_SIDE * 4);
  for (let row = 0; row < TRAY_SIDE; row += 1) {
    for (let column = 0; column < TRAY_SIDE; column += 1) {
      const cover = coverage(inside, column, row);
      bitmap.set([blue * cover, green * cover, red * cover, 255 * cover].map(Math.round), (row * TRAY_SIDE + column) * 4);
    }
  }
  return bitmap;
}

/** How much of a pixel is inside, 0 to 1. */
function coverage(inside: Inside, column: number, row: number): number {
  let hits = 0;
  for (let n = 0; n < FINE * FINE; n += 1) {
    const x = ((column + ((n % FINE) + 0.5) / FINE) / TRAY_SIDE) * 2 - 1;
    const y = ((row + (Math.floor(n / FINE) + 0.5) / FINE) / TRAY_SIDE) * 2 - 1;
    if (inside(x, y)) hits += 1;
  }
  return hits / (FINE * FINE);
}
