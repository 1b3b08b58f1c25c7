import { useLive } from '../../components/console-context.tsx';
import { Time } from '../../components/time.tsx';

/** The main process' clock, which all ages are counted by. */
export function Clock() {
  const second = useLive((_, nowMs) => Math.floor(nowMs / 1_000));
  return (
    <span className="clock">
      <Time atMs={second * 1_000} /> <span className="unit">UTC</span>
    </span>
  );
}
