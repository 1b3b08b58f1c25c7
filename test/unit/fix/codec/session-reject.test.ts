import { expect, it } from 'vitest';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { invalidTag, rejection, type SessionRejectReason } from '../../../../main/fix/codec/session-reject.ts';

// SessionRejectReason(373) as FIX 4.4 volume 6 lists it; 17 as the standard spells it out.
it.each<[SessionRejectReason, string]>([
  [0, 'Invalid tag number'],
  [1, 'Required tag missing'],
  [2, 'Tag not defined for this message type'],
  [3, 'Undefined tag'],
  [4, 'Tag specified without a value'],
  [5, 'Value is incorrect (out of range) for this tag'],
  [6, 'Incorrect data format for value'],
  [7, 'Decryption problem'],
  [8, 'Signature problem'],
  [9, 'CompID problem'],
  [10, 'SendingTime accuracy problem'],
  [11, 'Invalid MsgType'],
  [12, 'XML validation error'],
  [13, 'Tag appears more than once'],
  [14, 'Tag specified out of required order'],
  [15, 'Repeating group fields out of order'],
  [16, 'Incorrect NumInGroup count for repeating group'],
  [17, 'Non "data" value includes field delimiter'],
  [99, 'Other'],
])('SessionRejectReason %i is "%s", with the tag and its name', (reason, words) => {
  expect(rejection(reason, 58, fix44())).toEqual({ reason, refTagId: 58, text: `${words}: Text(58)` });
  expect(rejection(reason, 5000, fix44())).toEqual({ reason, refTagId: 5000, text: `${words}: 5000` });
});

it('a tag that is none is named as it stands, or by its place when it is no number', () => {
  expect(invalidTag('-58', 3)).toEqual({ reason: 0, refTagId: -58, text: 'Invalid tag number: -58' });
  expect(invalidTag(null, 3)).toEqual({
    reason: 0,
    refTagId: null,
    text: 'Invalid tag number: field 4 of the message does not begin with a tag number and =',
  });
});
