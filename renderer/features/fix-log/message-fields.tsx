import { type CSSProperties, useEffect } from 'react';
import type { DecodedField } from '../../../main/contracts/fix-message.ts';
import { SOH } from '../../../main/contracts/log-filter.ts';
import { type FieldRow, rowsOf } from '../../store/field-rows.ts';
import { fieldsOf, type LogEntry } from '../../store/fix-log.ts';
import { messageName } from '../../store/message-name.ts';
import { visible } from '../../store/visible.ts';
import { useDecoded } from './use-decoded.ts';

/** As people paste it into tickets: SOH as `|`, and nothing that changes how the ticket reads. */
const readable = (text: string): string => visible(text.replaceAll(SOH, '|'));

/** The fields as they stand, until the dictionary has read them. */
const undecoded = (text: string): readonly DecodedField[] =>
  fieldsOf(text).map(({ tag, value }) => ({ tag, value, name: null, meaning: null, section: 'body', entries: null }));

function Row({ row }: { readonly row: FieldRow }) {
  const indent = { '--depth': row.depth } as CSSProperties;
  if (row.kind === 'entry') {
    return (
      <tr className="group-entry">
        <td />
        <td colSpan={2} className="indented" style={indent}>
          {row.text}
        </td>
      </tr>
    );
  }
  const { tag, name, value, meaning } = row.field;
  return (
    <tr data-section={row.field.section}>
      <td className="n">{tag}</td>
      <td className="indented" style={indent}>
        {name ?? ''}
      </td>
      <td className="value">
        {value}
        {meaning !== null && <span className="meaning"> {meaning.replaceAll('_', ' ')}</span>}
      </td>
    </tr>
  );
}

interface MessageFieldsProps {
  readonly provider: string;
  readonly entry: LogEntry;
  onClose(): void;
}

/** One message, field by field, in its own order: names, meanings of enumerated values, groups as a tree. */
export function MessageFields({ provider, entry, onClose }: MessageFieldsProps) {
  const decoded = useDecoded(provider, entry.text);
  useEffect(() => {
    // Before the keys of the screen see it: Esc closes what is in front.
    const onEscape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || document.querySelector('[role="dialog"]') !== null) return;
      event.stopPropagation();
      onClose();
    };
    window.addEventListener('keydown', onEscape, { capture: true });
    return () => window.removeEventListener('keydown', onEscape, { capture: true });
  }, [onClose]);
  const rows = rowsOf(decoded?.fields ?? undecoded(entry.text));
  return (
    <aside className="message-fields" aria-label="Fields of the message" data-testid="message-fields">
      <header>
        <b>{decoded?.name ?? messageName(entry.msgType)}</b>
        <span className="unit">
          {entry.direction} · {entry.at.slice(11, 26)}
        </span>
        <span className="spring" />
        <button type="button" className="quiet" onClick={() => void navigator.clipboard.writeText(readable(entry.text))}>
          Copy
        </button>
        <button type="button" className="quiet" onClick={onClose}>
          Close
        </button>
      </header>
      {decoded !== null && decoded.problem !== null && <p className="message-problem">{decoded.problem}</p>}
      <div className="scroller">
        <table className="plain fields">
          <thead className="hidden">
            <tr>
              <th scope="col">Tag</th>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </aside>
  );
}
