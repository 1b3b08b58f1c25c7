import { fieldsOf, type LogEntry, SOH } from '../../store/fix-log.ts';
import { messageName } from '../../store/message-name.ts';
import { tagName } from '../../store/tag-name.ts';

/** As people paste it into tickets: SOH as `|`. */
const readable = (text: string): string => text.replaceAll(SOH, '|');

/** One message, field by field, in its own order. */
export function MessageFields({ entry, onClose }: { readonly entry: LogEntry; onClose(): void }) {
  return (
    <aside className="message-fields" aria-label="Fields of the message">
      <header>
        <b>{messageName(entry.msgType)}</b>
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
            {fieldsOf(entry.text).map((field, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: tags repeat in groups, and the order never changes
              <tr key={index}>
                <td className="n">{field.tag}</td>
                <td>{tagName(field.tag)}</td>
                <td className="value">{field.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </aside>
  );
}
