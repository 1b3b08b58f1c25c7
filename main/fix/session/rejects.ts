import type { MessageView } from '../codec/message-view.ts';
import { MSG_TYPE } from '../codec/msg-type.ts';
import type { Rejection } from '../codec/validate.ts';
import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import type { BusinessRejection } from './port.ts';

/** Routing tags of a message and where its Reject carries them back (scenario 18), in the order of the standard header. */
const TURNED: readonly (readonly [outbound: number, inbound: number])[] = [
  [115, 128],
  [128, 115],
  [116, 129],
  [144, 145],
  [129, 116],
  [145, 144],
];

function routingBack(view: MessageView): [number, string][] {
  const back: [number, string][] = [];
  for (const [outbound, inbound] of TURNED) {
    const value = view.string(inbound);
    if (value !== null && value !== '') back.push([outbound, value]);
  }
  return back;
}

/** Whether the message says that one of ours was rejected: Reject(3) or BusinessMessageReject(j). */
export function isReject(view: MessageView): boolean {
  return view.msgTypeCode === MSG_TYPE.Reject || view.msgTypeCode === MSG_TYPE.BusinessMessageReject;
}

/** The name of a message that `isReject`. */
export function rejectEvent(view: MessageView): 'Reject' | 'BusinessMessageReject' {
  return view.msgTypeCode === MSG_TYPE.Reject ? 'Reject' : 'BusinessMessageReject';
}

/** Shows the Reject or BusinessMessageReject in the view. @param fault what is wrong with it itself */
export function noteReject(context: SessionContext, fault: string | null): void {
  const { view } = context;
  const about = [`our MsgSeqNum ${view.string(45) ?? '?'}`];
  for (const [tag, name] of [
    [371, 'tag'],
    [372, 'MsgType'],
    [373, 'reason'],
    [380, 'reason'],
  ] as const) {
    const value = view.string(tag);
    if (value !== null) about.push(`${name} ${value}`);
  }
  const event = rejectEvent(view);
  const text = `${event} of ${about.join(', ')}: ${context.secrets.textOf(view) ?? 'no text'}`;
  context.noteIn(event, 'attention', fault === null ? text : `${text}. It is not valid itself (${fault}) and is not answered.`);
}

/**
 * Reject(3) of the message in the view: 45, 371, 372, 373, 58. A Reject or BusinessMessageReject is shown instead: two engines that
 * reject each other's rejects never stop (scenario 7).
 */
export function sendReject(context: SessionContext, rejection: Rejection, now: Instant): void {
  const { view, outbound } = context;
  if (isReject(view)) {
    noteReject(context, rejection.text);
    return;
  }
  const encoder = outbound.begin('3', now, { routing: routingBack(view) });
  encoder.int(45, Math.max(0, view.msgSeqNum));
  if (rejection.refTagId !== null) encoder.int(371, rejection.refTagId);
  const msgType = view.string(35);
  if (msgType !== null && msgType !== '') encoder.string(372, msgType);
  encoder.int(373, rejection.reason).string(58, rejection.text);
  const seqNum = outbound.commitAdmin(now);
  context.counts.rejects += 1;
  const tag = rejection.refTagId === null ? '' : `, tag ${rejection.refTagId}`;
  context.noteOut(
    'Reject',
    'attention',
    `Reject of MsgSeqNum ${view.msgSeqNum}: ${rejection.text} (373=${rejection.reason}${tag})`,
    seqNum,
  );
}

/**
 * BusinessMessageReject(j) of the message in the view: 45, 372, 380, 58. An application message: stored, and stopped by the kill switch.
 * Like a Reject it answers none.
 */
export function sendBusinessReject(context: SessionContext, rejection: BusinessRejection, now: Instant): void {
  const { view, outbound } = context;
  if (outbound.blocked || isReject(view)) return;
  const encoder = outbound.begin('j', now, { routing: routingBack(view) });
  encoder.int(45, view.msgSeqNum).string(372, view.msgType).int(380, rejection.reason).string(58, rejection.text);
  const seqNum = outbound.commitApplication(now, false);
  context.counts.rejects += 1;
  context.noteOut(
    'BusinessMessageReject',
    'attention',
    `BusinessMessageReject of MsgSeqNum ${view.msgSeqNum}: ${rejection.text} (380=${rejection.reason})`,
    seqNum,
  );
}
