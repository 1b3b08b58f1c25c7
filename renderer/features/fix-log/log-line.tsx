import { memo } from 'react';
import { SOH } from '../../../main/contracts/log-filter.ts';
import { bodyOf, type LogEntry } from '../../store/fix-log.ts';
import { messageName } from '../../store/message-name.ts';

interface LogLineProps {
  readonly entry: LogEntry;
  readonly top: number;
  readonly height: number;
  readonly chosen: boolean;
  /** With header and trailer. */
  readonly whole: boolean;
  onChoose(entry: LogEntry): void;
}

/** More than fits on any screen is not put into the page. */
const LONGEST = 600;

const beginOf = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} …`);

export const LogLine = memo(function LogLine({ entry, top, height, chosen, whole, onChoose }: LogLineProps) {
  return (
    <div
      className="log-line"
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      data-direction={entry.direction}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={() => onChoose(entry)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onChoose(entry);
      }}
    >
      <span className="log-at">{entry.at.slice(11, 26)}</span>
      <span className="log-direction">{entry.direction === 'in' ? '‹ in' : '› out'}</span>
      <span className="log-seq">{entry.seqNum}</span>
      <span className="log-type">{messageName(entry.msgType)}</span>
      <span className="log-text">{beginOf(whole ? entry.text : bodyOf(entry.text)).replaceAll(SOH, ' | ')}</span>
    </div>
  );
});
