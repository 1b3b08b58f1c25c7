import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { TimelineEvent } from '../../../main/contracts/lp-view.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { Shape } from '../../components/shape.tsx';
import { Time } from '../../components/time.tsx';
import { grouped } from '../../store/format.ts';
import { markOf, TIMELINE_KEPT, timelineKey } from '../../store/timelines.ts';

const NO_EVENTS: readonly TimelineEvent[] = [];
const QUIET = new Set<TimelineEvent['event']>(['Heartbeat', 'TestRequest']);
const ROW_PX = 20;

/** The LP's key events, newest on top. */
export function Timeline({ provider }: { readonly provider: string }) {
  const { link, store } = useConsole();
  const events = useSelect((state) => state.timelines[provider] ?? NO_EVENTS);
  const live = useSelect((state) => state.connection.kind === 'live');
  const [problem, setProblem] = useState<string | null>(null);
  const [heartbeats, setHeartbeats] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!live) return;
    void link.request('lp.timeline', { provider, limit: TIMELINE_KEPT }).then((result) => {
      setProblem(result.ok ? null : result.error.message);
      if (result.ok) store.getState().timelineArrived(result.value);
    });
  }, [link, store, provider, live]);

  const shown = useMemo(() => events.filter((event) => heartbeats || !QUIET.has(event.event)).toReversed(), [events, heartbeats]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });

  return (
    <section className="panel timeline-panel" aria-label="Timeline">
      <h2>
        Timeline
        <label className="check">
          <input type="checkbox" checked={heartbeats} onChange={(event) => setHeartbeats(event.currentTarget.checked)} />{' '}
          Heartbeats
        </label>
      </h2>
      {problem !== null && <p className="problem">{problem}</p>}
      <div className="scroller" ref={scroller} data-testid="timeline">
        {shown.length === 0 && problem === null && <p className="empty">No event yet.</p>}
        <ol style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((row) => {
            const event = shown[row.index];
            if (event === undefined) return null;
            const mark = markOf(event);
            const seq = event.direction === 'out' ? event.seqOut : event.seqIn;
            return (
              <li
                key={timelineKey(event)}
                className="timeline-row"
                data-level={event.level}
                style={{ transform: `translateY(${row.start}px)`, height: ROW_PX }}
              >
                <Time atMs={event.atMs} format="millis" />
                <span className="timeline-mark">{mark !== null && <Shape name={mark} />}</span>
                <span className="timeline-event">
                  {event.direction !== null && <span className="direction">{event.direction === 'in' ? '‹' : '›'}</span>}
                  {event.event}
                </span>
                <span className="timeline-seq n">{seq === null ? '' : grouped(seq)}</span>
                <span className="timeline-text" title={event.text}>
                  {event.text}
                </span>
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
