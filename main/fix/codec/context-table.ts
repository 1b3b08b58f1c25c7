import { DictionaryError, type DictionarySpec, type GroupSpec, type MemberSpec } from './dictionary-spec.ts';

/** Contexts 0 and 1 are the standard header and trailer, then come the messages in the order of the spec, then the groups. */
export const HEADER_CONTEXT = 0;
export const TRAILER_CONTEXT = 1;
export const FIRST_MESSAGE_CONTEXT = 2;

/** What an entry of `ContextTable.place` holds: the position and two marks. */
export const PLACE_POSITION = 0x3fff;
export const PLACE_REQUIRED = 0x8000;
export const PLACE_GROUP = 0x4000;

interface Member {
  readonly slot: number;
  readonly required: boolean;
  /** Context of one entry when the field counts a group, else 0 (the header is nobody's group). */
  readonly child: number;
}

/**
 * Which field may stand where, for all places where fields stand: header, trailer, the body of each message, one entry of each group.
 * Components are expanded; a group that several messages share through a component is one context.
 */
export class ContextTable {
  /** Row length of `place`: number of slots. */
  readonly stride: number;
  /**
   * [context × stride + slot]: 0 when the field is not a member of the context; else its position in it, from 1, with PLACE_REQUIRED when it
   * is required and PLACE_GROUP when it counts a group.
   */
  readonly place: Uint16Array;
  /** [context]: where its members begin in `memberSlot` and `child`; position p is at firstMember[context] + p − 1. */
  readonly firstMember: Int32Array;
  readonly memberSlot: Uint16Array;
  readonly child: Uint16Array;
  /** [context] … [context + 1]: its part of `required`, the positions of required members, ascending. */
  readonly firstRequired: Int32Array;
  readonly required: Uint16Array;

  constructor(spec: DictionarySpec, slots: number, slotOfTag: (tag: number) => number) {
    const contexts = new ContextBuilder(spec, slotOfTag).build();
    this.stride = slots;
    this.place = new Uint16Array(contexts.length * slots);
    this.firstMember = new Int32Array(contexts.length + 1);
    this.firstRequired = new Int32Array(contexts.length + 1);
    const required: number[] = [];
    contexts.forEach((members, context) => {
      if (members.length > PLACE_POSITION)
        throw new DictionaryError(`More than ${PLACE_POSITION} fields in one message or group`);
      members.forEach((member, i) => {
        this.place[context * slots + member.slot] =
          (i + 1) | (member.required ? PLACE_REQUIRED : 0) | (member.child > 0 ? PLACE_GROUP : 0);
        if (member.required) required.push(i + 1);
      });
      this.firstMember[context + 1] = (this.firstMember[context] ?? 0) + members.length;
      this.firstRequired[context + 1] = required.length;
    });
    const all = contexts.flat();
    this.memberSlot = Uint16Array.from(all, (member) => member.slot);
    this.child = Uint16Array.from(all, (member) => member.child);
    this.required = Uint16Array.from(required);
  }

  /** Context of one entry of the group that the member at this position counts. */
  groupAt(context: number, position: number): number {
    return this.child[this.firstMember[context]! + position - 1]!;
  }

  /** Whether the field counts a group in any context. */
  countsGroup(slot: number): boolean {
    for (let at = slot; at < this.place.length; at += this.stride) {
      if ((this.place[at]! & PLACE_GROUP) !== 0) return true;
    }
    return false;
  }

  /** Number of required members. */
  requiredCount(context: number): number {
    return this.firstRequired[context + 1]! - this.firstRequired[context]!;
  }
}

class ContextBuilder {
  private readonly spec: DictionarySpec;
  private readonly slotOfTag: (tag: number) => number;
  private readonly components: Map<string, readonly MemberSpec[]>;
  private readonly groups: GroupSpec[] = [];
  private readonly groupContexts = new Map<GroupSpec, number>();
  private readonly firstGroup: number;

  constructor(spec: DictionarySpec, slotOfTag: (tag: number) => number) {
    this.spec = spec;
    this.slotOfTag = slotOfTag;
    this.components = new Map(spec.components);
    this.firstGroup = FIRST_MESSAGE_CONTEXT + spec.messages.length;
  }

  build(): Member[][] {
    const contexts = [
      this.expand(this.spec.header, 'the header'),
      this.expand(this.spec.trailer, 'the trailer'),
      ...this.spec.messages.map(([, name, , members]) => this.expand(members, `message ${name}`)),
    ];
    // Expanding a group may add further ones behind it.
    for (let i = 0; i < this.groups.length; i++) {
      const group = this.groups[i] as GroupSpec;
      const entry = this.expand(group[1], `group ${Math.abs(group[0])}`);
      if (entry.length === 0) throw new DictionaryError(`Group ${Math.abs(group[0])} has no members`);
      // The delimiter is required in every entry, whatever the dictionary says.
      entry[0] = { ...(entry[0] as Member), required: true };
      contexts.push(entry);
    }
    return contexts;
  }

  private expand(members: readonly MemberSpec[], where: string): Member[] {
    const out = new Map<number, Member>();
    this.add(members, true, where, [], out);
    return [...out.values()];
  }

  /** A field is required when it and every component around it is (a component that is absent requires nothing). */
  private add(
    members: readonly MemberSpec[],
    required: boolean,
    where: string,
    path: readonly string[],
    out: Map<number, Member>,
  ): void {
    for (const member of members) {
      if (typeof member === 'string') {
        const name = member.startsWith('!') ? member.slice(1) : member;
        const component = this.components.get(name);
        if (component === undefined) throw new DictionaryError(`Component ${name} in ${where} is not defined`);
        if (path.includes(name)) throw new DictionaryError(`Component ${name} contains itself: ${[...path, name].join(' > ')}`);
        this.add(component, required && member.startsWith('!'), where, [...path, name], out);
        continue;
      }
      const tag = typeof member === 'number' ? member : member[0];
      const slot = this.slotOfTag(Math.abs(tag));
      if (slot === 0) throw new DictionaryError(`Tag ${Math.abs(tag)} in ${where} is not defined`);
      const child = typeof member === 'number' ? 0 : this.groupContext(member);
      if (!out.has(slot)) out.set(slot, { slot, required: required && tag < 0, child });
    }
  }

  private groupContext(group: GroupSpec): number {
    let context = this.groupContexts.get(group);
    if (context === undefined) {
      context = this.firstGroup + this.groups.length;
      this.groups.push(group);
      this.groupContexts.set(group, context);
    }
    return context;
  }
}
