import { useEffect, useRef, useState } from 'react';
import { liveNow, useConsole, useSelect } from '../../components/console-context.tsx';
import { duration } from '../../store/format.ts';
import { silenceOf } from '../../store/heartbeat.ts';

const SAMPLES = 240;
const WIDTH = 240;
const HEIGHT = 56;

/** Silence of the peer over the last minute, sampled at every tick since the screen was opened: a healthy session draws a low saw. */
export function SilenceChart({ provider }: { readonly provider: string }) {
  const console = useConsole();
  const heartBtInt = useSelect((state) => state.mirror.lps[provider]?.heartBtInt ?? 30);
  const [samples, setSamples] = useState<readonly (number | null)[]>([]);
  const latest = useRef(samples);

  useEffect(() => {
    const sample = (): void => {
      if (console.store.getState().connection.kind !== 'live') return;
      const lp = console.store.getState().mirror.lps[provider];
      const lastMs = lp?.loggedOnAtMs == null ? null : (lp.stats?.lastReceivedMs ?? null);
      latest.current = [...latest.current.slice(1 - SAMPLES), lastMs === null ? null : Math.max(0, liveNow(console) - lastMs)];
      setSamples(latest.current);
    };
    return console.ticker.subscribe(sample);
  }, [console, provider]);

  const { testAfterMs, dropAfterMs } = silenceOf(0, 0, heartBtInt);
  const worst = Math.max(0, ...samples.map((ms) => ms ?? 0));
  const top = worst > testAfterMs * 0.9 ? dropAfterMs : testAfterMs * 1.15;
  const y = (ms: number): number => HEIGHT - (Math.min(ms, top) / top) * (HEIGHT - 2);
  let pen = false;
  const path = samples
    .map((ms, index) => {
      if (ms === null) {
        pen = false;
        return '';
      }
      const command = `${pen ? 'L' : 'M'}${WIDTH - samples.length + index} ${y(ms).toFixed(1)}`;
      pen = true;
      return command;
    })
    .join('');
  return (
    <figure className="silence-chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Silence of the peer, last minute; longest ${duration(worst)}`}
      >
        <line x1="0" x2={WIDTH} y1={y(testAfterMs)} y2={y(testAfterMs)} className="limit" vectorEffect="non-scaling-stroke" />
        <path d={path} fill="none" stroke="currentColor" strokeWidth="1.2" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption>
        <span>silence, last minute · longest {duration(worst)}</span>
        <span>┄ TestRequest at {duration(testAfterMs)}</span>
      </figcaption>
    </figure>
  );
}
