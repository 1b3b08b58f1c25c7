import type { ReasonCode } from '../../../main/contracts/disconnect-reason.ts';
import { describeReason } from '../../../main/contracts/disconnect-reason.ts';
import { useSelect } from '../../components/console-context.tsx';
import { Shape } from '../../components/shape.tsx';

/** What ends all sessions at once, and is said once. */
const SHARED: readonly ReasonCode[] = ['console-silent'];
const NAMED = 6;

/** LPs that are down for one cause that is not theirs: one line, with their names. */
export function OneCause() {
  const packed = useSelect(({ mirror }) => {
    const down = Object.values(mirror.lps).filter((lp) => lp.trouble !== null && SHARED.some((code) => code === lp.reason?.code));
    const [first] = down;
    if (first?.reason == null) return null;
    const names = down.map((lp) => lp.provider).sort((a, b) => a.localeCompare(b));
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    const count = names.length === 1 ? '1 session' : `${names.length} sessions`;
    return `${describeReason(first.reason)}\n${count}: ${names.slice(0, NAMED).join(', ')}${more}`;
  });
  if (packed === null) return null;
  const [cause, whom] = packed.split('\n');
  return (
    <div className="one-cause" role="alert" data-testid="one-cause">
      <Shape name="triangle" />
      <b>{cause}.</b>
      <span>{whom}</span>
    </div>
  );
}
