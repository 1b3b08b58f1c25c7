import { memo } from 'react';

const WIDTH = 60;
const HEIGHT = 14;

export const Sparkline = memo(Line, (before, after) => {
  // Every delta brings a new list; the line moves once a second.
  const { values } = after;
  return before.values.length === values.length && before.values.every((value, index) => value === values[index]);
});

/** Messages a second over the last minute, one value a second, oldest first; scaled to its own maximum. */
function Line({ values }: { readonly values: readonly number[] }) {
  const top = Math.max(1, ...values);
  const points = values.map(
    (value, index) => `${WIDTH - values.length + index},${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`,
  );
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {points.length > 1 && (
        <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1" vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  );
}
