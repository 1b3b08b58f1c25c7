import type { LogFilter } from '../../../main/contracts/log-filter.ts';
import { lostSince, useConsole, useSelect } from '../../components/console-context.tsx';
import type { FixLog } from '../../store/fix-log.ts';
import { grouped, utcTime } from '../../store/format.ts';
import { messageName } from '../../store/message-name.ts';

interface LogToolbarProps {
  readonly log: FixLog;
  readonly filter: LogFilter;
  /** Message types that are in the buffer. */
  readonly types: readonly string[];
  readonly shown: number;
  /** Lines with header and trailer. */
  readonly whole: boolean;
  onFilter(filter: LogFilter): void;
  onWhole(whole: boolean): void;
}

const DIRECTIONS = ['both', 'in', 'out'] as const;

export function LogToolbar({ log, filter, types, shown, whole, onFilter, onWhole }: LogToolbarProps) {
  const { store } = useConsole();
  const lostMs = useSelect(lostSince);
  const following = log.held === null;
  const { pauseLog, followLog } = store.getState();
  return (
    <h2 className="log-toolbar">
      FIX log
      <button
        type="button"
        className="toggle"
        aria-pressed={following && lostMs === null}
        data-old={lostMs !== null}
        onClick={following ? pauseLog : followLog}
      >
        {lostMs !== null ? `Stopped at ${utcTime(lostMs)}` : following ? 'Following' : `Paused · ${grouped(log.sincePause)} new`}
      </button>
      <fieldset className="segments bare" aria-label="Direction">
        {DIRECTIONS.map((direction) => (
          <button
            type="button"
            key={direction}
            aria-pressed={filter.direction === direction}
            onClick={() => onFilter({ ...filter, direction })}
          >
            {direction}
          </button>
        ))}
      </fieldset>
      <select
        className="plain-input"
        aria-label="Message type"
        value={filter.msgType}
        onChange={(event) => onFilter({ ...filter, msgType: event.currentTarget.value })}
      >
        <option value="">all types</option>
        <option value="-admin">no admin messages</option>
        {types.map((type) => (
          <option key={type} value={type}>
            {type} {messageName(type)}
          </option>
        ))}
      </select>
      <input
        className="plain-input"
        data-filter
        aria-label="Filter messages"
        placeholder="Text, e.g. 55=EUR/USD   /"
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
      />
      <label className="check">
        <input type="checkbox" checked={whole} onChange={(event) => onWhole(event.currentTarget.checked)} /> Header
      </label>
      <span className="spring" />
      <span className="unit">{grouped(shown)} lines</span>
    </h2>
  );
}
