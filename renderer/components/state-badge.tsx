import { labelOf } from '../store/lp-label.ts';
import { lostSince, useRunning } from './console-context.tsx';
import { Shape } from './shape.tsx';

/** Shape, word and tone of one LP's state, kept up to date by itself. */
export function StateBadge({ provider }: { readonly provider: string }) {
  // One string, so that a tick that changes nothing draws nothing.
  const packed = useRunning((state, nowMs) => {
    const lp = state.mirror.lps[provider];
    if (lp === undefined) return null;
    const label = labelOf(lp, nowMs, lostSince(state));
    return `${label.shape}|${label.tone}|${label.word}`;
  });
  if (packed === null) return null;
  const [shape, tone, word] = packed.split('|');
  return (
    <span className="state" data-tone={tone}>
      <Shape name={shape as Parameters<typeof Shape>[0]['name']} />
      <span className="state-word" title={word}>
        {word}
      </span>
    </span>
  );
}
