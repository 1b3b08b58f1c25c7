import { duration } from '../store/format.ts';
import { silenceOf } from '../store/heartbeat.ts';
import { useLive } from './console-context.tsx';

/** How long the peer has been silent, on a bar whose full length is the disconnect and whose mark is the TestRequest. */
export function SilenceBar({ provider }: { readonly provider: string }) {
  const packed = useLive((state, nowMs) => {
    const lp = state.mirror.lps[provider];
    const lastMs = lp?.stats?.lastReceivedMs ?? null;
    if (lp === undefined || lastMs === null || lp.loggedOnAtMs === null) return null;
    const silence = silenceOf(lastMs, nowMs, lp.heartBtInt);
    return `${silence.level}|${Math.round(silence.part * 50) * 2}|${duration(silence.ageMs)}|${lp.heartBtInt}`;
  });
  if (packed === null) return <span className="none">–</span>;
  const [level, percent, age, interval] = packed.split('|');
  return (
    <span
      className="silence"
      data-level={level}
      title={`HeartBtInt ${interval} s: a TestRequest goes out at the mark, the session is dropped at the end of the bar`}
    >
      <span className="silence-bar" aria-hidden="true">
        <span className="silence-fill" style={{ width: `${percent}%` }} />
      </span>
      <span className="silence-age">
        {age}
        <span className="unit"> / {interval}</span>
      </span>
    </span>
  );
}
