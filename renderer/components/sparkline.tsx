import { memo } from 'react';

const WIDTH = 60;
const HEIGHT = 14;

/** Messages a second over the last minute, one value a second, oldest first; scaled to its own maximum. */
export const Sparkline = memo(function Sparkline({ values }: { readonly values: readonly number[] }) {
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
});
