import type { DictionarySpec } from './dictionary-spec.ts';

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

/** Flat tables of one FIX dictionary; immutable after construction, shared by every view and validator of the process. */
export class Dictionary {
  readonly beginString: string;
  /** By tag: the data tag that this length tag announces (95 → 96), else 0. */
  readonly dataTagOf: Uint32Array = new Uint32Array(0);

  constructor(spec: DictionarySpec) {
    this.beginString = spec.beginString;
  }

  field(_tag: number): FieldInfo | null {
    throw new Error('being built');
  }

  message(_msgType: string): MessageInfo | null {
    throw new Error('being built');
  }

  /** Whether the dictionary has the message (by `msgTypeCode`). */
  knows(_msgTypeCode: number): boolean {
    throw new Error('being built');
  }

  /** Administrative (session level) message, by `msgTypeCode`; false for unknown ones. */
  isAdmin(_msgTypeCode: number): boolean {
    throw new Error('being built');
  }
}
