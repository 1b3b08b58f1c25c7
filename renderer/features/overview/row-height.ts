const HEADER_PX = 22;
const TALLEST_PX = 30;
const SHORTEST_PX = 15;
/** When all rows cannot be seen at once anyway, they are at least comfortable to read. */
const SCROLLING_PX = 22;

/** Height of a row, px, so that `count` rows fill `availablePx` without being too tall, or too short to read. */
export function rowHeight(count: number, availablePx: number): number {
  if (count === 0 || availablePx <= 0) return SCROLLING_PX;
  const fitting = (availablePx - HEADER_PX) / count;
  if (fitting < SHORTEST_PX) return SCROLLING_PX;
  return Math.min(TALLEST_PX, Math.floor(fitting * 2) / 2);
}
