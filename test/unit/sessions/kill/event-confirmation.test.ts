import { describe, expect, it } from 'vitest';
import { confirmEvents, type EventConfirmation } from '../../../../main/sessions/kill/event-confirmation.ts';
import { settle } from '../../../support/fake-clock.ts';

interface Rig {
  readonly confirmation: EventConfirmation;
  readonly publish: (...eventIds: string[]) => void;
}

function rig(off = false): Rig {
  let heard: (eventIds: readonly string[]) => void = () => undefined;
  const confirmation = confirmEvents({
    off,
    onPublished: (listener) => {
      heard = listener;
      return () => undefined;
    },
  });
  return { confirmation, publish: (...eventIds) => heard(eventIds) };
}

/** What was answered so far. */
function answers(confirmation: EventConfirmation, eventId: string): string[] {
  const said: string[] = [];
  void confirmation.published(eventId).then((how) => said.push(how));
  return said;
}

describe('whether the event of a kill has left', () => {
  it('is told when NATS acknowledges it, and of no other event', async () => {
    const { confirmation, publish } = rig();
    const mine = answers(confirmation, 'mine');
    publish('other');
    await settle();
    expect(mine).toEqual([]);
    publish('another', 'mine');
    await settle();
    expect(mine).toEqual(['published']);
  });

  it('is told at once when it was acknowledged before', async () => {
    const { confirmation, publish } = rig();
    publish('mine', 'other');
    const mine = answers(confirmation, 'mine');
    await settle();
    expect(mine).toEqual(['published']);
  });

  it('is no question while NATS is off', async () => {
    const mine = answers(rig(true).confirmation, 'mine');
    await settle();
    expect(mine).toEqual(['off']);
  });

  it('is remembered of the last thousand', async () => {
    const { confirmation, publish } = rig();
    publish('first');
    publish(...Array.from({ length: 999 }, (_, i) => `event ${i}`));
    const known = answers(confirmation, 'first');
    publish('one too many');
    const forgotten = answers(confirmation, 'first');
    const second = answers(confirmation, 'event 0');
    await settle();
    expect([known, forgotten, second]).toEqual([['published'], [], ['published']]);
  });
});
