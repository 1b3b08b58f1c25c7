import type { LaneStep } from '../../../main/contracts/lp-view.ts';
import { useSelect } from '../../components/console-context.tsx';
import { Shape } from '../../components/shape.tsx';
import { Time } from '../../components/time.tsx';
import { millis } from '../../store/format.ts';
import type { ShapeName } from '../../store/lp-label.ts';
import { messageName } from '../../store/message-name.ts';

const TITLES: Readonly<Record<LaneStep['name'], string>> = {
  engine: 'Engine',
  dns: 'DNS',
  tunnel: 'Tunnel',
  tcp: 'TCP',
  tls: 'TLS',
  logon: 'Logon',
  'first-message': 'First message',
};

const LIGHTS: Readonly<Record<LaneStep['light'], { readonly shape: ShapeName; readonly tone: string; readonly word: string }>> = {
  off: { shape: 'ring', tone: 'dim', word: 'not reached' },
  doing: { shape: 'half', tone: 'normal', word: 'in progress' },
  ok: { shape: 'disc', tone: 'normal', word: 'ok' },
  failed: { shape: 'triangle', tone: 'alarm', word: 'FAILED' },
  skipped: { shape: 'stop', tone: 'dim', word: 'not used' },
};

/** How far the connection has got, layer by layer. */
export function Lane({ provider }: { readonly provider: string }) {
  const lane = useSelect((state) => state.mirror.lps[provider]?.lane);
  if (lane === undefined || lane.length === 0) return null;
  return (
    <ol className="lane" aria-label="Connection lane">
      {lane.map((step) => {
        const light = LIGHTS[step.light];
        const text = step.name === 'first-message' && step.text !== null ? messageName(step.text) : (step.text ?? '');
        return (
          <li key={step.name} data-tone={light.tone} data-light={step.light} data-testid={`lane-${step.name}`}>
            <span className="lane-head">
              <Shape name={light.shape} />
              <b>{TITLES[step.name]}</b>
              <span className={step.light === 'off' ? 'hidden' : 'lane-word'}>
                {step.durationMs !== null && step.light === 'ok' ? millis(step.durationMs) : light.word}
              </span>
            </span>
            <span className="lane-foot">
              <span className="lane-text" title={text}>
                {text}
              </span>
              {step.atMs !== null && (
                <span className="unit">
                  <Time atMs={step.atMs} />
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
