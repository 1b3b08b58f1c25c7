import { SOH } from './ascii.ts';
import { HEADER_CONTEXT, PLACE_GROUP, PLACE_POSITION, TRAILER_CONTEXT } from './context-table.ts';
import type { Dictionary, FieldInfo } from './dictionary.ts';
import { maskSecrets } from './mask-secrets.ts';
import { MessageView } from './message-view.ts';
import { validate } from './validate.ts';

type Section = 'header' | 'body' | 'trailer';

/** One field of a decoded message. */
export interface DecodedField {
  /** 0 when it is not a number. */
  readonly tag: number;
  /** Null when the dictionary does not have the tag. */
  readonly name: string | null;
  /** With Password(554) and NewPassword(925) as `***`. */
  readonly value: string;
  /** Meaning of an enumerated value; of several, with commas. */
  readonly meaning: string | null;
  readonly section: Section;
  /** Entries of the group that this NumInGroup field counts, each a list of fields; null when it counts none. */
  readonly entries: readonly (readonly DecodedField[])[] | null;
}

export interface DecodedMessage {
  readonly msgType: string;
  /** Null when the dictionary does not have the MsgType. */
  readonly name: string | null;
  readonly admin: boolean;
  readonly fields: readonly DecodedField[];
  /** The first thing that the dictionary finds wrong with it, one sentence; null when nothing. */
  readonly problem: string | null;
}

const utf8 = (bytes: Buffer): string => bytes.toString('utf8');

/**
 * For the operator's inspector: never throws, shows as much as can be read of whatever it is given. Strings carry SOH as on the wire.
 *
 * @param textOf how the bytes of a value read as text
 * @param maxFields fields that are read; the rest is left out
 */
export function decodeMessage(
  message: Uint8Array | string,
  dictionary: Dictionary,
  textOf = utf8,
  maxFields = Number.POSITIVE_INFINITY,
): DecodedMessage {
  const given = typeof message === 'string' ? Buffer.from(message, 'utf8') : Buffer.from(message);
  const bytes = given.length === 0 || given[given.length - 1] === SOH ? given : Buffer.concat([given, Buffer.of(SOH)]);
  const view = new MessageView(dictionary);
  view.parse(bytes, 0, bytes.length);
  const problem = validate(view, dictionary)?.text ?? null;
  const masked = Buffer.from(maskSecrets(bytes));
  view.parse(masked, 0, masked.length);
  const info = dictionary.message(view.msgType);
  return {
    msgType: view.msgType,
    name: info?.name ?? null,
    admin: info?.admin ?? false,
    fields: new TreeReader(view, dictionary, textOf, maxFields).read(),
    problem: view.count > maxFields ? `Only the first ${maxFields} of its ${view.count} fields are shown` : problem,
  };
}

/** Reads a walked message into a tree; groups by the dictionary as far as the message follows it. */
class TreeReader {
  private readonly view: MessageView;
  private readonly dictionary: Dictionary;
  private readonly body: number;
  private readonly textOf: (bytes: Buffer) => string;
  private readonly end: number;
  private at = 0;

  constructor(view: MessageView, dictionary: Dictionary, textOf: (bytes: Buffer) => string, maxFields: number) {
    this.view = view;
    this.dictionary = dictionary;
    this.textOf = textOf;
    this.end = Math.min(view.count, maxFields);
    this.body = dictionary.messageContext(view.msgTypeCode);
  }

  read(): DecodedField[] {
    const fields: DecodedField[] = [];
    let section: Section = 'header';
    while (this.at < this.end) {
      const slot = this.slot();
      if (this.place(TRAILER_CONTEXT, slot) !== 0) section = 'trailer';
      else if (section === 'header' && this.place(HEADER_CONTEXT, slot) === 0) section = 'body';
      const context = section === 'header' ? HEADER_CONTEXT : section === 'trailer' ? TRAILER_CONTEXT : this.body;
      fields.push(this.field(context, section));
    }
    return fields;
  }

  /** The field at `at`, with its group when it counts one in this context. */
  private field(context: number, section: Section): DecodedField {
    const index = this.at++;
    const tag = this.view.tags[index] ?? 0;
    const info = this.dictionary.field(tag);
    const value = this.textOf(this.view.buffer.subarray(this.view.valueStarts[index], this.view.valueEnds[index]));
    const place = this.place(context, this.dictionary.slotOf[tag] ?? 0);
    const countsGroup = (place & PLACE_GROUP) !== 0;
    const entries = countsGroup ? this.entries(this.dictionary.contexts.groupAt(context, place & PLACE_POSITION), section) : null;
    return { tag, name: info?.name ?? null, value, meaning: meaningOf(info, value), section, entries };
  }

  /** Entries as long as fields are members of the group: each delimiter, and each field that already stands in the entry, begins one. */
  private entries(group: number, section: Section): DecodedField[][] {
    const entries: DecodedField[][] = [];
    let entry: DecodedField[] = [];
    while (this.at < this.end) {
      const place = this.place(group, this.slot()) & PLACE_POSITION;
      if (place === 0) break;
      const tag = this.view.tags[this.at];
      if (place === 1 || entries.length === 0 || entry.some((field) => field.tag === tag)) {
        entry = [];
        entries.push(entry);
      }
      entry.push(this.field(group, section));
    }
    return entries;
  }

  private slot(): number {
    return this.dictionary.slotOf[this.view.tags[this.at] ?? 0] ?? 0;
  }

  private place(context: number, slot: number): number {
    if (context < 0 || slot === 0) return 0;
    return this.dictionary.contexts.place[context * this.dictionary.contexts.stride + slot] ?? 0;
  }
}

function meaningOf(info: FieldInfo | null, value: string): string | null {
  if (info === null || info.meanings.size === 0) return null;
  const whole = info.meanings.get(value);
  if (whole !== undefined) return whole;
  const parts = value.split(' ').map((part) => info.meanings.get(part));
  return parts.length > 1 && parts.every((part) => part !== undefined) ? parts.join(', ') : null;
}
