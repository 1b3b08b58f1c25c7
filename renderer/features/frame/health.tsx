import type { Health, PartHealth } from '../../../main/contracts/lp-view.ts';
import { useSelect } from '../../components/console-context.tsx';
import { Shape } from '../../components/shape.tsx';
import { bytes, grouped, localTime } from '../../store/format.ts';
import type { ShapeName } from '../../store/lp-label.ts';

const LOOK: Readonly<Record<PartHealth['state'], { readonly shape: ShapeName; readonly tone: string; readonly word: string }>> = {
  ok: { shape: 'disc', tone: 'normal', word: 'ok' },
  degraded: { shape: 'exchange', tone: 'attention', word: 'DEGRADED' },
  down: { shape: 'triangle', tone: 'alarm', word: 'DOWN' },
  off: { shape: 'ring', tone: 'dim', word: 'off' },
};

function Part({ name, part, figure }: { readonly name: string; readonly part: PartHealth; readonly figure: string | null }) {
  const look = LOOK[part.state];
  return (
    <li
      className="part"
      data-tone={look.tone}
      data-testid={`health-${name.toLowerCase()}`}
      data-state={part.state}
      title={`${name}: ${part.text}, since ${localTime(part.sinceMs)}`}
    >
      <Shape name={look.shape} />
      {name} <span className="part-word">{figure ?? look.word}</span>
    </li>
  );
}

const natsFigure = (nats: Health['nats']): string | null =>
  nats.waiting === 0
    ? null
    : `${LOOK[nats.state].word === 'ok' ? '' : `${LOOK[nats.state].word}, `}${grouped(nats.waiting)} waiting`;

/** What the console itself stands on. */
export function HealthBar() {
  const health = useSelect((state) => state.mirror.health);
  if (health === null) return null;
  const { database, nats, disk, engines, ownership, console: own } = health;
  return (
    <ul className="health" aria-label="Health of the console">
      <Part name="Database" part={database} figure={null} />
      <Part name="NATS" part={nats} figure={natsFigure(nats)} />
      <Part
        name="Disk"
        part={disk}
        figure={disk.state === 'ok' ? bytes(disk.freeBytes) : `${LOOK[disk.state].word} ${bytes(disk.freeBytes)}`}
      />
      <Part
        name="Engines"
        part={engines}
        figure={engines.state === 'ok' ? String(engines.running) : `${LOOK[engines.state].word} ${engines.running}`}
      />
      {ownership.state !== 'ok' && <Part name="Ownership" part={ownership} figure={null} />}
      {own.state !== 'ok' && <Part name="Console" part={own} figure={`${LOOK[own.state].word} ${grouped(own.lagMs)} ms`} />}
    </ul>
  );
}
