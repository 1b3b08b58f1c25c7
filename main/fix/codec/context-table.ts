import { DictionaryError, type DictionarySpec, type GroupSpec, type MemberSpec } from './dictionary-spec.ts';

/** Contexts 0 and 1 are the standard header and trailer, then come the messages in the order of the spec, then the groups. */
export const HEADER_CONTEXT = 0;
export const TRAILER_CONTEXT = 1;
export const FIRST_MESSAGE_CONTEXT = 2;

/** What an entry of `ContextTable.place` holds: the position and a mark. */
export const PLACE_POSITION = 0x3fff;
export const PLACE_GROUP = 0x4000;

/**
 * Which field may stand where, for all places where fields stand: header, trailer, the body of each message, one entry of each group.
 * Components are expanded; a group that several messages share through a component is one context.
 */
export class ContextTable {
  /** Row length of `place`: number of slots. */
  readonly stride: number;
  /**
   * [context × stride + slot]: 0 when the field is not a member of the context; else its position in it, from 1, with PLACE_GROUP when it
   * counts a group.
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
    const { slot, required, child, ends } = new ContextWalk(spec, slots, slotOfTag).members;
    this.stride = slots;
    this.place = new Uint16Array(ends.length * slots);
    this.memberSlot = Uint16Array.from(slot);
    this.child = Uint16Array.from(child);
    this.firstMember = new Int32Array(ends.length + 1);
    this.firstRequired = new Int32Array(ends.length + 1);
    const requiredPositions: number[] = [];
    for (let context = 0, at = 0; context < ends.length; context++) {
      const first = at;
      for (; at < ends[context]!; at++) {
        const position = at - first + 1;
        if (position > PLACE_POSITION) throw new DictionaryError(`More than ${PLACE_POSITION} fields in one message or group`);
        if (required[at]) requiredPositions.push(position);
        this.place[context * slots + slot[at]!] = position | (child[at]! > 0 ? PLACE_GROUP : 0);
      }
      this.firstMember[context + 1] = at;
      this.firstRequired[context + 1] = requiredPositions.length;
    }
    this.required = Uint16Array.from(requiredPositions);
  }

  /** Context of one entry of the group that the member at this position counts. */
  groupAt(context: number, position: number): number {
    return this.child[this.firstMember[context]! + position - 1]!;
  }
}

/** The members of all contexts, one context after the other, in flat lists: an engine process pays for every object made here. */
interface Members {
  readonly slot: number[];
  readonly required: boolean[];
  /** Context of one entry when the field counts a group, else 0 (the header is nobody's group). */
  readonly child: number[];
  /** By context: where its members end. */
  readonly ends: number[];
}

/** Expands the components of a spec, context by context. */
class ContextWalk {
  readonly members: Members = { slot: [], required: [], child: [], ends: [] };
  private readonly slotOfTag: (tag: number) => number;
  private readonly components: ReadonlyMap<string, readonly MemberSpec[]>;
  private readonly groups: GroupSpec[] = [];
  private readonly groupContexts = new Map<GroupSpec, number>();
  private readonly firstGroup: number;
  /** By slot: the last context that has the field, + 1. */
  private readonly lastContext: Int32Array;
  /** Components around the member that is added. */
  private readonly open: string[] = [];

  constructor(spec: DictionarySpec, slots: number, slotOfTag: (tag: number) => number) {
    this.slotOfTag = slotOfTag;
    this.components = new Map(spec.components);
    this.firstGroup = FIRST_MESSAGE_CONTEXT + spec.messages.length;
    this.lastContext = new Int32Array(slots);
    this.addContext(spec.header, 'the header');
    this.addContext(spec.trailer, 'the trailer');
    for (const message of spec.messages) this.addContext(message[3], `message ${message[1]}`);
    // Expanding a group may add further ones behind it.
    for (let i = 0; i < this.groups.length; i++) this.addGroup(this.groups[i] as GroupSpec);
  }

  private addContext(members: readonly MemberSpec[], where: string): void {
    this.add(members, true, where);
    this.members.ends.push(this.members.slot.length);
  }

  private addGroup(group: GroupSpec): void {
    const first = this.members.slot.length;
    const where = `group ${Math.abs(group[0])}`;
    this.addContext(group[1], where);
    if (this.members.slot.length === first) throw new DictionaryError(`Group ${Math.abs(group[0])} has no members`);
    // The delimiter is required in every entry, whatever the dictionary says.
    this.members.required[first] = true;
  }

  /** A field is required when it and every component around it is (a component that is absent requires nothing). */
  private add(members: readonly MemberSpec[], required: boolean, where: string): void {
    for (const member of members) {
      if (typeof member === 'string') this.addComponent(member, required, where);
      else if (typeof member === 'number') this.addField(member, required, where, 0);
      else this.addField(member[0], required, where, this.groupContext(member));
    }
  }

  private addComponent(member: string, required: boolean, where: string): void {
    const isRequired = member.startsWith('!');
    const name = isRequired ? member.slice(1) : member;
    const component = this.components.get(name);
    if (component === undefined) throw new DictionaryError(`Component ${name} in ${where} is not defined`);
    if (this.open.includes(name))
      throw new DictionaryError(`Component ${name} contains itself: ${[...this.open, name].join(' > ')}`);
    this.open.push(name);
    this.add(component, required && isRequired, where);
    this.open.pop();
  }

  private addField(tag: number, required: boolean, where: string, child: number): void {
    const slot = this.slotOfTag(Math.abs(tag));
    if (slot === 0) throw new DictionaryError(`Tag ${Math.abs(tag)} in ${where} is not defined`);
    const { members } = this;
    const context = members.ends.length + 1;
    // Two components of one message may have the same field: it stands where it comes first.
    if (this.lastContext[slot] === context) return;
    this.lastContext[slot] = context;
    members.slot.push(slot);
    members.required.push(required && tag < 0);
    members.child.push(child);
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
