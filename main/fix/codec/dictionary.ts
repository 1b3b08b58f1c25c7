import { ContextTable, FIRST_MESSAGE_CONTEXT } from './context-table.ts';
import { DictionaryError, type DictionarySpec, type FieldSpec, type MemberSpec, type MessageSpec } from './dictionary-spec.ts';
import { EnumTable } from './enum-table.ts';
import { FORMAT, formatOfType } from './field-format.ts';
import { msgTypeCode } from './msg-type.ts';

export interface FieldInfo {
  readonly tag: number;
  readonly name: string;
  /** As the dictionary spells it: STRING, PRICE, UTCTIMESTAMP … */
  readonly type: string;
  /** Value to meaning; empty when the field has no enumeration. */
  readonly meanings: ReadonlyMap<string, string>;
}

export interface MessageInfo {
  readonly msgType: string;
  readonly name: string;
  readonly admin: boolean;
}

/** Tags are looked up in flat arrays; this bounds them (2 MB). FIX reserves nothing beyond 39999. */
const MAX_TAG = 999_999;
const MSG_TYPE_TAG = 35;

/** What a slot's enumeration asks of a value. */
const ENUM_NONE = 0;
export const ENUM_SINGLE = 1;
export const ENUM_MULTIPLE = 2;

/**
 * Flat tables of one FIX dictionary; immutable after construction, shared by every view and validator of the process.
 * A field's slot is its number in the dictionary, from 1; 0 is for tags it does not have.
 */
export class Dictionary {
  readonly beginString: string;
  /** By tag: slot. */
  readonly slotOf: Uint16Array;
  /** By tag: the data tag that this length tag announces (95 → 96), else 0. Same length as `slotOf`. */
  readonly dataTagOf: Int32Array;
  /** By tag: the length tag that announces this data tag (96 → 95), else 0. Same length as `slotOf`. */
  readonly lengthTagOf: Int32Array;
  /** By slot. */
  readonly tagOf: Int32Array;
  readonly formatOf: Uint8Array;
  readonly enumOf: Uint8Array;
  /** By slot: 1 when the value is to be checked against a format or an enumeration. */
  readonly checked: Uint8Array;
  /** By slot: 1 when the field counts a group somewhere. */
  readonly countsGroup: Uint8Array;
  readonly enums: EnumTable;
  readonly contexts: ContextTable;

  private readonly spec: DictionarySpec;
  /** By two packed 7-bit characters: context + 1; MsgTypes of one or two characters. */
  private readonly shortMessages = new Uint16Array(1 << 14);
  private readonly longMessages = new Map<number, number>();
  private readonly fieldInfos = new Map<number, FieldInfo>();

  /** Throws DictionaryError when the spec contradicts itself. */
  constructor(spec: DictionarySpec) {
    this.spec = spec;
    this.beginString = spec.beginString;
    const slots = spec.fields.length + 1;
    let maxTag = 0;
    for (const field of spec.fields) maxTag = Math.max(maxTag, checkedTag(field));
    this.slotOf = new Uint16Array(maxTag + 1);
    this.tagOf = new Int32Array(slots);
    this.formatOf = new Uint8Array(slots);
    this.enumOf = new Uint8Array(slots);
    this.checked = new Uint8Array(slots);
    this.countsGroup = new Uint8Array(slots);
    this.lengthTagOf = new Int32Array(maxTag + 1);
    this.dataTagOf = new Int32Array(maxTag + 1);
    for (let slot = 1; slot < slots; slot++) this.addField(spec.fields[slot - 1] as FieldSpec, slot);
    this.enums = new EnumTable(spec.fields);
    this.contexts = new ContextTable(spec, slots, (tag) => this.slotOf[tag] ?? 0);
    this.contexts.memberSlot.forEach((slot, i) => {
      if (this.contexts.child[i] !== 0) this.countsGroup[slot] = 1;
    });
    this.pairDataFields();
    for (let i = 0; i < spec.messages.length; i++) this.addMessage(spec.messages[i] as MessageSpec, FIRST_MESSAGE_CONTEXT + i);
  }

  field(tag: number): FieldInfo | null {
    const slot = this.slotOf[tag] ?? 0;
    const spec = this.spec.fields[slot - 1];
    if (spec === undefined) return null;
    let info = this.fieldInfos.get(tag);
    if (info === undefined) {
      const [, name, type, ...enumeration] = spec;
      const meanings = new Map<string, string>();
      for (let i = 0; i + 1 < enumeration.length; i += 2) meanings.set(enumeration[i] as string, enumeration[i + 1] as string);
      info = { tag, name, type, meanings };
      this.fieldInfos.set(tag, info);
    }
    return info;
  }

  message(msgType: string): MessageInfo | null {
    const message = this.spec.messages[this.messageContext(msgTypeCode(msgType)) - FIRST_MESSAGE_CONTEXT];
    return message === undefined ? null : { msgType: message[0], name: message[1], admin: message[2] === 1 };
  }

  /** Whether the dictionary has the message (by `msgTypeCode`). */
  knows(msgTypeCode: number): boolean {
    return this.messageContext(msgTypeCode) > 0;
  }

  /** Administrative (session level) message, by `msgTypeCode`; false for unknown ones. */
  isAdmin(msgTypeCode: number): boolean {
    return this.spec.messages[this.messageContext(msgTypeCode) - FIRST_MESSAGE_CONTEXT]?.[2] === 1;
  }

  /** Context of the message's body (by `msgTypeCode`), or -1 when the dictionary does not have it. */
  messageContext(msgTypeCode: number): number {
    if (msgTypeCode > 0xffff) return this.longMessages.get(msgTypeCode) ?? -1;
    return this.shortMessages[((msgTypeCode >>> 1) & 0x3f80) | (msgTypeCode & 0x7f)]! - 1;
  }

  private addField(field: FieldSpec, slot: number): void {
    const tag = field[0];
    const format = formatOfType(field[2]);
    if (this.slotOf[tag] !== 0) throw new DictionaryError(`Tag ${tag} (${field[1]}) is defined twice`);
    this.slotOf[tag] = slot;
    this.tagOf[slot] = tag;
    this.formatOf[slot] = format;
    // MsgType is looked up as a message; Y and N are Boolean's format.
    if (field.length > 3 && tag !== MSG_TYPE_TAG && format !== FORMAT.Boolean) {
      const isMultiple = format === FORMAT.MultipleString || format === FORMAT.MultipleChar;
      this.enumOf[slot] = isMultiple ? ENUM_MULTIPLE : ENUM_SINGLE;
    }
    this.checked[slot] = format !== FORMAT.Any || this.enumOf[slot] !== ENUM_NONE ? 1 : 0;
  }

  private addMessage(message: MessageSpec, context: number): void {
    const msgType = message[0];
    const code = msgTypeCode(msgType);
    if (code === 0) throw new DictionaryError(`MsgType '${msgType}' of ${message[1]} is not one to four ASCII characters`);
    if (this.messageContext(code) >= 0) throw new DictionaryError(`MsgType '${msgType}' is defined twice`);
    if (code > 0xffff) this.longMessages.set(code, context);
    else this.shortMessages[((code >>> 1) & 0x3f80) | (code & 0x7f)] = context + 1;
  }

  /** A data field follows its length field wherever both stand ("always immediately before", FIX 4.4 volume 1). */
  private pairDataFields(): void {
    const visit = (members: readonly MemberSpec[]): void => {
      let previous = 0;
      for (const member of members) {
        if (typeof member === 'object') visit(member[1]);
        const tag = typeof member === 'number' ? Math.abs(member) : 0;
        if (tag > 0 && previous > 0 && this.format(tag) === FORMAT.Data && isLength(this.format(previous))) {
          this.dataTagOf[previous] = tag;
          this.lengthTagOf[tag] = previous;
        }
        previous = tag;
      }
    };
    visit(this.spec.header);
    visit(this.spec.trailer);
    for (const [, members] of this.spec.components) visit(members);
    for (const [, , , members] of this.spec.messages) visit(members);
  }

  private format(tag: number): number {
    return this.formatOf[this.slotOf[tag] ?? 0] ?? FORMAT.Any;
  }
}

/** Older dictionaries type length fields as INT. */
const isLength = (format: number): boolean => format === FORMAT.Unsigned || format === FORMAT.Int;

function checkedTag(field: FieldSpec): number {
  const tag = field[0];
  if (Number.isInteger(tag) && tag >= 1 && tag <= MAX_TAG) return tag;
  throw new DictionaryError(`Field ${field[1]} has number ${tag}; tags are whole numbers from 1 to ${MAX_TAG}`);
}
