import { useRunning, useSelect } from '../../components/console-context.tsx';
import { Shape } from '../../components/shape.tsx';
import { coarse, countdown, utcTime } from '../../store/format.ts';

/** Over the whole screen while the console is not heard: nothing below is known to be true. */
export function ConnectionBanner() {
  const why = useSelect((state) => (state.connection.kind === 'lost' ? state.connection.why : null));
  const text = useRunning((state, nowMs) => {
    const { connection, mirror } = state;
    if (connection.kind !== 'lost') return null;
    const localMs = nowMs - mirror.offsetMs;
    const next = connection.retryAtMs === null ? 'trying now' : `next try in ${countdown(connection.retryAtMs, localMs)}`;
    return `since ${utcTime(connection.sinceMs + mirror.offsetMs)} UTC, for ${coarse(localMs - connection.sinceMs)} · ${next}`;
  });
  const silent = useSelect((state) => state.connection.kind === 'lost' && state.connection.linkOpen);
  if (why === null) return null;
  return (
    <div className="lost" role="alert" data-testid="disconnected">
      <Shape name="question" />
      <b>DISCONNECTED</b>
      <span>{why}.</span>
      <span aria-hidden="true">{text}</span>
      <span className="lost-note">
        Sessions may be running. What is hatched is old;{' '}
        {silent ? 'only a kill can be sent, and waits until it reads.' : 'nothing can be done from here until it is back.'}
      </span>
    </div>
  );
}
