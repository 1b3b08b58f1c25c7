import { type Counts, countsOf } from '../../../main/contracts/lp-trouble.ts';
import { useLive, useSelect } from '../../components/console-context.tsx';
import { Shape } from '../../components/shape.tsx';
import { asHeard } from '../../store/console-store.ts';
import type { ShapeName, Tone } from '../../store/lp-label.ts';

interface FaceProps {
  readonly shape: ShapeName;
  readonly tone: Tone;
  readonly count: number;
  readonly word: string;
}

/** One counter, by itself. */
export function CounterFace({ shape, tone, count, word }: FaceProps) {
  return (
    <span className="counter" data-tone={count === 0 ? 'dim' : tone}>
      <Shape name={shape} />
      <b>{count}</b> {word}
    </span>
  );
}

interface CounterProps extends FaceProps {
  readonly filter: string;
}

/** A press filters the overview by what is counted; a second press shows all again. */
function Counter({ shape, tone, count, word, filter }: CounterProps) {
  const active = useSelect((state) => state.filter === filter);
  const setFilter = useSelect((state) => state.setFilter);
  const show = useSelect((state) => state.show);
  return (
    <button
      type="button"
      className="counter"
      data-tone={count === 0 ? 'dim' : tone}
      aria-pressed={active}
      title={`Show only these (filter “${filter}”)`}
      onClick={() => {
        setFilter(active ? '' : filter);
        show({ screen: 'overview' });
      }}
    >
      <Shape name={shape} />
      <b>{count}</b> {word}
    </button>
  );
}

/** As last heard, while the console is not heard. */
export function useCounts(): Counts {
  const packed = useLive((state, nowMs) => {
    const counts = countsOf(Object.values(state.mirror.lps), asHeard(state, nowMs));
    return `${counts.total}|${counts.loggedOn}|${counts.trouble}|${counts.killed}`;
  });
  const [total = 0, loggedOn = 0, trouble = 0, killed = 0] = packed.split('|').map(Number);
  return { total, loggedOn, trouble, killed };
}

export function Counters() {
  const { total, loggedOn, trouble, killed } = useCounts();
  return (
    <fieldset className="counters bare" aria-label={`${total} LPs`}>
      <Counter shape="disc" tone="normal" count={loggedOn} word={`of ${total} logged on`} filter="logged-on" />
      <Counter shape="triangle" tone="alarm" count={trouble} word="in trouble" filter="trouble" />
      <Counter shape="cross" tone="latched" count={killed} word="killed" filter="killed" />
    </fieldset>
  );
}
