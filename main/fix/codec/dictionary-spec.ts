/**
 * A FIX dictionary as plain data, small enough to be committed and quick to load. Names are kept for the inspector and for Reject texts;
 * the flat tables of `Dictionary` are made from it.
 */
export interface DictionarySpec {
  /** BeginString(8). */
  readonly beginString: string;
  readonly fields: readonly FieldSpec[];
  readonly components: readonly ComponentSpec[];
  readonly header: readonly MemberSpec[];
  readonly trailer: readonly MemberSpec[];
  readonly messages: readonly MessageSpec[];
}

/** tag, name, type in capitals, then value, meaning, value, meaning … of its enumeration. */
export type FieldSpec = readonly [tag: number, name: string, type: string, ...enumeration: string[]];

/** name, members. */
export type ComponentSpec = readonly [name: string, members: readonly MemberSpec[]];

/** msgType, name, 1 for administrative messages and 0 for application messages, body members in order. */
export type MessageSpec = readonly [msgType: string, name: string, admin: 0 | 1, members: readonly MemberSpec[]];

/** Count tag, negative when required; members of one entry in order, the delimiter first. */
export type GroupSpec = readonly [countTag: number, members: readonly MemberSpec[]];

/** A number: the field of that tag, negative when required. A string: the component of that name, with a leading ! when required. */
export type MemberSpec = number | string | GroupSpec;

/** What is wrong with a dictionary, for whoever supplied it: names the element and the rule. */
export class DictionaryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DictionaryError';
  }
}
