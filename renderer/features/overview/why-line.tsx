import { lostSince, useLive } from '../../components/console-context.tsx';
import { plainLabel } from '../../store/lp-label.ts';
import { whyOf } from '../../store/lp-why.ts';
import { heardNow } from '../../store/mirror.ts';

type Parts = readonly [layer: string, text: string, next: string];

/** One value to compare, whatever an LP's words have in them. */
const packed = (...parts: Parts): string => JSON.stringify(parts);
const unpacked = (text: string): Parts => JSON.parse(text);

/** Why the LP is as it is, and what happens next, on one line. */
export function WhyLine({ provider }: { readonly provider: string }) {
  const why = useLive((state, nowMs) => {
    const lp = state.mirror.lps[provider];
    if (lp === undefined) return null;
    if (lostSince(state) !== null) return packed('', `was ${plainLabel(lp, heardNow(state.mirror)).word}`, '');
    const why = whyOf(lp, nowMs);
    return packed(why.layer ?? '', why.text, why.next);
  });
  const [layer, text, next] = why === null ? [] : unpacked(why);
  const full = [layer, text, next].filter((part) => part !== undefined && part !== '').join(' · ');
  if (full === '') return null;
  return (
    <span className="why" title={full}>
      {layer !== undefined && layer !== '' && <span className="why-layer">{layer}</span>}
      {text !== '' && <span className="why-text">{text}</span>}
      {next !== undefined && next !== '' && <span className="why-next">{next}</span>}
    </span>
  );
}
