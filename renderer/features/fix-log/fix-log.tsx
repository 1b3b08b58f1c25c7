import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type LogFilter, linesThat, NO_LOG_FILTER } from '../../../main/contracts/log-filter.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { filterLog, LOG_KEPT, type LogEntry } from '../../store/fix-log.ts';
import { grouped } from '../../store/format.ts';
import { LogLine } from './log-line.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import { MessageFields } from './message-fields.tsx';
import { useFixLog } from './use-fix-log.ts';

const ROW_PX = 18;

/** Live tail of one LP's FIX messages: follows the newest line until it is paused or scrolled away from the end. */
export function FixLog({ provider }: { readonly provider: string }) {
  const { store } = useConsole();
  const [filter, setFilter] = useState<LogFilter>(NO_LOG_FILTER);
  const problem = useFixLog(provider, filter);
  const log = useSelect((state) => state.fixLog);
  const [whole, setWhole] = useState(false);
  const [chosen, setChosen] = useState<LogEntry | null>(null);
  const scroller = useRef<HTMLDivElement>(null);

  const filtered = linesThat(filter) !== null;
  const entries = log.held ?? log.entries;
  const shown = useMemo(() => filterLog(entries, filter), [entries, filter]);
  // Also those that the filter keeps away now.
  const seen = useRef(new Set<string>()).current;
  const types = useMemo(() => {
    for (const { msgType } of entries) seen.add(msgType);
    return [...seen].sort();
  }, [entries, seen]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
    getItemKey: (index) => shown[index]?.n ?? index,
  });

  const following = log.held === null;
  useEffect(() => {
    const element = scroller.current;
    if (following && element !== null && shown.length > 0) element.scrollTop = element.scrollHeight;
  }, [following, shown]);

  const close = useCallback(() => setChosen(null), []);
  const choose = (entry: LogEntry): void => {
    // What one looks at must not run away.
    store.getState().pauseLog();
    setChosen(entry);
  };
  const step = (by: number): void => {
    const next = shown[shown.findIndex((entry) => entry.n === chosen?.n) + by];
    if (chosen !== null && next !== undefined) {
      setChosen(next);
      rows.scrollToIndex(shown.indexOf(next));
    }
  };

  return (
    <section className="panel log-panel" aria-label="FIX log">
      <LogToolbar
        log={log}
        filter={filter}
        types={types}
        shown={shown.length}
        onFilter={setFilter}
        whole={whole}
        onWhole={setWhole}
      />
      {problem !== null && <p className="problem">{problem}</p>}
      <div className="log-body">
        <div
          className="scroller log-lines"
          ref={scroller}
          data-testid="fix-log"
          role="listbox"
          aria-label="FIX messages"
          tabIndex={0}
          onWheel={(event) => {
            if (event.deltaY < 0) store.getState().pauseLog();
          }}
          onKeyDown={(event) => {
            if (event.key === 'PageUp' || event.key === 'Home') store.getState().pauseLog();
            else if (event.key === 'End') store.getState().followLog();
            else if (event.key === 'ArrowDown' || event.key === 'j') step(1);
            else if (event.key === 'ArrowUp' || event.key === 'k') step(-1);
            else return;
            if (event.key.length === 1 || event.key.startsWith('Arrow')) event.preventDefault();
          }}
        >
          {shown.length === 0 && (
            <p className="empty">
              {!filtered
                ? 'No message yet.'
                : following
                  ? 'No line of the end of this log matches, nor any that came since.'
                  : `None of the ${grouped(entries.length)} lines that are held here matches; follow to look in the log itself.`}
            </p>
          )}
          <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
            {rows.getVirtualItems().map((row) => {
              const entry = shown[row.index];
              if (entry === undefined) return null;
              return (
                <LogLine
                  key={entry.n}
                  entry={entry}
                  top={row.start}
                  height={ROW_PX}
                  whole={whole}
                  chosen={entry.n === chosen?.n}
                  onChoose={choose}
                />
              );
            })}
          </div>
        </div>
        {chosen !== null && <MessageFields provider={provider} entry={chosen} onClose={close} />}
      </div>
      <footer className="log-foot">
        the last {grouped(Math.min(entries.length, LOG_KEPT))} lines{filtered ? ' that match' : ''}; the file has all
        {log.skipped > 0 && <b data-testid="log-skipped"> · {grouped(log.skipped)} skipped in bursts</b>}
      </footer>
    </section>
  );
}
