import { fix44 } from '../../main/fix/codec/fix44.ts';
import { Framer } from '../../main/fix/codec/framer.ts';
import type { MessageView } from '../../main/fix/codec/message-view.ts';

/** Bytes of a message written with | for SOH. */
export const wire = (text: string): Buffer => Buffer.from(text.replaceAll('|', '\x01'), 'latin1');

/** The reverse of `wire`. */
export const shown = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').replaceAll('\x01', '|');

/** `text` up to and with its last |, then the right CheckSum. Written without the codec under test. */
export function summed(text: string): string {
  let sum = 0;
  for (const byte of wire(text)) sum += byte;
  return `${text}10=${String(sum % 256).padStart(3, '0')}|`;
}

/** A whole message round a body that begins with 35= and ends with |. */
export const message = (body: string): string => summed(`8=FIX.4.4|9=${wire(body).length}|${body}`);

/** Header fields after MsgType that the standard requires, for messages from an LP. */
export const header = (msgType: string, msgSeqNum: number): string =>
  `35=${msgType}|49=LP|56=DESK|34=${msgSeqNum}|52=20260130-09:30:00.123|`;

/** A Heartbeat, recognisable by its number. */
export const heartbeat = (msgSeqNum: number): string => message(header('0', msgSeqNum));

export interface Framed {
  /** Good messages, | for SOH. */
  readonly found: string[];
  readonly garbled: number;
  readonly framer: Framer;
}

/** What a framer finds in chunks that arrive one after the other. */
export function framed(
  chunks: Iterable<Uint8Array>,
  framer: Framer = new Framer(fix44()),
  each?: (view: MessageView) => void,
): Framed {
  const found: string[] = [];
  for (const chunk of chunks) {
    framer.append(chunk);
    while (framer.next()) {
      found.push(shown(framer.buffer.subarray(framer.frameStart, framer.frameEnd)));
      each?.(framer.view);
    }
  }
  return { found, garbled: framer.garbledCount, framer };
}

/** The bytes cut after each of the given lengths. */
export function* cut(bytes: Uint8Array, lengths: Iterable<number>): Generator<Uint8Array> {
  let at = 0;
  for (const length of lengths) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + length);
    at += length;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}
