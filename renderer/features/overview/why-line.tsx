import { lostSince, useLive } from '../../components/console-context.tsx';
import { plainLabel } from '../../store/lp-label.ts';
import { whyOf } from '../../store/lp-why.ts';

const SEPARATOR = '\u0000';

/** Why the LP is as it is, and what happens next, on one line. */
export function WhyLine({ provider }: { readonly provider: string }) {
  const packed = useLive((state, nowMs) => {
    const lp = state.mirror.lps[provider];
    if (lp === undefined) return null;
    if (lostSince(state) !== null)
      return ['', `was ${plainLabel(lp, state.mirror.heardAtMs + state.mirror.offsetMs).word}`, ''].join(SEPARATOR);
    const why = whyOf(lp, nowMs);
    return [why.layer ?? '', why.text, why.next].join(SEPARATOR);
  });
  const [layer, text, next] = (packed ?? '').split(SEPARATOR);
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
