import { describe, expect, it } from 'vitest';
import { peerExpects } from '../../../../main/fix/session/peer-expects.ts';

describe('the number that a refusal asks for', () => {
  it.each([
    // The standard's words, which QuickFIX (C++, /J, /n, Go), Artio, Philadelphia, FXCM, LMAX and most others use.
    ['MsgSeqNum too low, expecting 12 but received 7', 12],
    ['MsgSeqNum too low, expecting 88123 but received 412 ', 88_123],
    ['Disconnecting: MsgSeqNum too low, expecting 1083 but received 11', 1083],
    ['MsgSeqNum Too Low, expecting 40 but received 1: 8=FIX.4.4|35=A|34=1', 40],
    ['MsgSeqNum too low, expected 5, got 3', 5],
    ['MsgSeqNum too low: got 7, expected 12', 12],
    ['MsgSeqNum too high, expecting 5 but received 9', 5],
    // fix8
    ['Message Sequence too low, received: 1004 expected: 1005 - will logoff', 1005],
    ['Message Sequence too low, received 7 expected 12', 12],
    ['Invalid Sequence number, received 7 expected 12', 12],
    // B2BITS FIX Antenna
    ['Incoming seq number 1 is less then expected 20', 20],
    // Cameron
    ['Serious Error: Message sequence number: 5 is less than expected sequence number: 5500', 5500],
    ['CODE: 1-208-A-34: Serious Error: Message sequence number: 12916 is less than expected sequence number: 14138', 14_138],
    ['Lower sequence received than expected without PossDup flag. Expected/Received = 1120/1', 1120],
    // OnixS, cTrader, TT, CQG and venues of their own
    ['The incoming message has a sequence number (7) less than expected (12) and the PossDupFlag is not set.', 12],
    ['Too low incoming message sequence number: expected 12, received 7', 12],
    ['sequence number too low expecting: 12', 12],
    ['Sequence number too low. Next expected sequence number: 12', 12],
    ['Sequence number less than expected. Expected=12, Received=7', 12],
    ['MsgSeqNum(34) is lower than expected. Expected 12, received 7', 12],
    ['MsgSeqNum(34)=7 is too low, expecting MsgSeqNum(34)=120', 120],
    ['expecting MsgSeqNum(34)=120', 120],
    ['Expecting MsgSeqNum (34) to be at least 120', 120],
    ['Tag 34 too low: expected 120 got 34', 120],
    ['34=7 is too low, expected 34=12', 12],
    ['MsgSeqNum(34) too low: expected MsgSeqNum: 12', 12],
    ['seqnum 7 lower than expected seqnum 12', 12],
    ['Serious Error: sequence number too low (received 7, expected 12)', 12],
    ['SeqNum too low (7), should be 12', 12],
    ['Seq# 7 received, 12 expected', 12],
    ['MsgSeqNum 12 expected but 7 received', 12],
    ['Bad SeqNo: 12 expected 7 received', 12],
    ['Sequence number 12 was expected', 12],
    ['Invalid MsgSeqNum. ExpectedMsgSeqNum=12, ReceivedMsgSeqNum=7', 12],
    ['Out of sequence, expected [12], got [7]', 12],
    ['Invalid seq_num, expected_seq_num: "12"', 12],
    ['Expected 12, received sequence number 7', 12],
    ['Unexpected MsgSeqNum 7, expecting 12', 12],
    ['MsgSeqNum too low, expecting 88,123 but received 412', 88_123],
    ['MsgSeqNum too low, expecting 000012.', 12],
    ['Logon rejected at 22:00:05: MsgSeqNum too low on Logon, expecting 12; the session closes in 15 minutes', 12],
    ['SenderCompID US, TargetCompID LP: MsgSeqNum too low, expecting 12', 12],
    ['MsgSeqNum too low, NextExpectedMsgSeqNum(789)=12', 12],
    ['Expected value of MsgSeqNum is 12', 12],
    ['received 34=7, expected 34=120', 120],
    ['MsgSeqNum<34> too low, expecting 34 but received 7', 34],
    ['Sequence gap: we are expecting 12, you sent 20', 12],
    ['MSGSEQNUM TOO LOW, EXPECTING 12 BUT RECEIVED 7', 12],
  ])('%s', (text, expected) => {
    expect(peerExpects(text)).toBe(expected);
  });
});

describe('no number is read out of', () => {
  it.each([
    'expected back in 15 minutes',
    'Unexpected error 500',
    'Incorrect BeginString FIX.4.2, expecting FIX.4.4',
    'HeartBtInt(108) must be 30, expected 30 got 60',
    'HeartBtInt(108) is 60, expecting 30',
    'Expected 12, received 7',
    'Expecting message, received 7',
    'Invalid password',
    'Invalid CheckSum(10) in message with MsgSeqNum 5: expected 123, received 200',
    'Invalid BodyLength of sequence number 5, expected 61',
    'Reject of MsgSeqNum 5: HeartBtInt(108), expected 30',
    'MsgSeqNum 5: incorrect BeginString, expecting FIX.4.4',
    'MsgSeqNum 5 has SendingTime 22:00:05, expected 22:00:07',
    'Required tag missing: MsgSeqNum(34)',
    'Expecting MsgSeqNum(34), received 52',
    'Expected tag 34, received tag 52',
    'Expecting Logon, sequence number 5 received',
    'Unexpected sequence number 7',
    'Sequence number 7 was not expected',
    'MsgSeqNum 7 is lower than expected',
    'MsgSeqNum lower than expected: 7',
    'Sequence reset expected in 15 minutes',
    'Sequence numbers are reset daily, next session expected in 30 s',
    'Invalid sequence number, next reset expected at 22:00',
    'MsgSeqNum too low, expecting 5 messages',
    'MsgSeqNum too low, expecting 0 but received 7',
    'MsgSeqNum too low, expecting -1 but received 7',
    'MsgSeqNum too low, expecting 99999999999 but received 7',
    'MsgSeqNum too low, expecting more than 11',
    'MsgSeqNum should be 1 when ResetSeqNumFlag is Y',
    'Value is incorrect: NewSeqNo(36) is 5, expected 12',
    'RefSeqNum(45) is 5, expected 12',
    // What the peer has sent itself, not what it expects from us.
    'Tag 789 (NextExpectedMsgSeqNum) is higher than expected. Expected 12, Received 20',
    'NextExpectedMsgSeqNum(789) is 20, our next MsgSeqNum is 12',
    'NextExpectedMsgSeqNum is higher than expected: expected 3, received 103',
    'MsgSeqNum too low, expecting 12; sequence number expected 13',
    'MsgSeqNum reset, session expected at 9',
    'In consequence of maintenance, expected 5',
    '',
  ])('%s', (text) => {
    expect(peerExpects(text)).toBeNull();
  });
});

describe('a text without end', () => {
  it('is read to a stated length, and no number is cut', () => {
    const padded = `MsgSeqNum too low, ${' '.repeat(2_000 - 'MsgSeqNum too low, expecting 12'.length)}expecting 12345`;
    expect(peerExpects(padded)).toBeNull();
    expect(peerExpects(`MsgSeqNum too low, expecting 12 ${'expecting '.repeat(100_000)}`)).toBe(12);
  });
});
