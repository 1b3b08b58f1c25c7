import { describe, expect, test } from 'vitest';
import { type Args, REQUEST_CHANNELS, type RequestChannel } from '../../../main/contracts/ipc.ts';
import { DEFAULT_RETRY, DEFAULT_SESSION, DEFAULT_TUNNEL, type LpDraft } from '../../../main/contracts/lp-config.ts';
import { isRequestChannel, parseArgs } from '../../../main/ipc/validators.ts';

const draft: LpDraft = {
  provider: 'LP-A',
  host: 'fix.example',
  port: 9_876,
  senderCompId: 'DESK',
  targetCompId: 'LPA',
  heartBtInt: 30,
  ssl: true,
  retry: DEFAULT_RETRY,
  tunnel: DEFAULT_TUNNEL,
  session: {
    ...DEFAULT_SESSION,
    logonTags: [[1_137, '9']],
    backupHosts: [{ host: 'b.example', port: 1 }],
    schedule: {
      kind: 'weekly',
      timeZone: 'America/New_York',
      startDay: 0,
      endDay: 5,
      startTime: '17:05',
      endTime: '16:55',
      breakStart: null,
      breakEnd: null,
    },
  },
  username: null,
  password: 'geheim',
  newPassword: 'geheim-2',
};
const provider = 'LP-A';
const reason = 'why';

const GOOD: { readonly [C in RequestChannel]: Args<C> } = {
  'console.snapshot': {},
  'lp.config': { provider },
  'lp.create': { draft },
  'lp.save': { draft: { ...draft, retry: { baseMs: 100 } } },
  'lp.delete': { provider, reason },
  'lp.activate': { provider, reason: '' },
  'lp.deactivate': { provider, reason },
  'lp.restart': { provider, reason },
  'lp.kill': { provider, reason },
  'lp.kill-all': { reason, typed: 'KILL' },
  'lp.rearm': { provider, reason, typed: provider },
  'lp.take-over': { provider, reason, typed: provider },
  'lp.set-sequence': { provider, reason, nextIn: 1, nextOut: null },
  'lp.reset-sequence': { provider, reason },
  'lp.test-request': { provider },
  'lp.resend-request': { provider, reason, from: 1 },
  'lp.timeline': { provider, limit: 100 },
  'fixlog.open': { provider, lines: 500, filter: { direction: 'in', msgType: '8', text: '55=EUR/USD' } },
  'fixlog.close': { provider },
  'fixlog.decode': { provider, text: '8=FIX.4.4\x0135=0\x01' },
  'token.list': {},
  'token.create': { name: 'screen', role: 'viewer', expiresInDays: null },
  'token.revoke': { name: 'screen' },
  'audit.list': { provider: null, limit: 100 },
  'incident.list': { limit: 100 },
  'incident.get': { id: 'one' },
  'refused.list': {},
  'refused.retry': { reason: 'mended' },
  'refused.discard': { ids: ['1b4e28ba-2fa1-41d2-883f-0016d3cca427'], reason: 'drill' },
};

describe.each(REQUEST_CHANNELS)('%s', (channel) => {
  test('takes what the contract says, unchanged', () => {
    expect(parseArgs(channel, GOOD[channel])).toEqual({ ok: true, value: GOOD[channel] });
  });

  test('refuses a key that it does not know', () => {
    expect(parseArgs(channel, { ...GOOD[channel], extra: 1 })).toMatchObject({
      ok: false,
      error: { code: 'bad-arguments', field: 'extra' },
    });
  });

  test('refuses each key left out, and names it', () => {
    for (const key of Object.keys(GOOD[channel])) {
      const { [key]: _left, ...rest } = GOOD[channel] as Record<string, unknown>;
      expect(parseArgs(channel, rest)).toMatchObject({ ok: false, error: { kind: 'user', code: 'bad-arguments', field: key } });
    }
  });

  test.each([undefined, null, 'text', 7, [], () => undefined])('refuses %s in place of its arguments', (args) => {
    expect(parseArgs(channel, args)).toMatchObject({ ok: false, error: { kind: 'user', code: 'bad-arguments' } });
  });
});

test.each([
  ['Host', { host: 7 }],
  ['HeartBtInt', { heartBtInt: '30' }],
  ['SSL', { ssl: 1 }],
  ['Provider', { provider: '../etc' }],
  ['password', { password: 7 }],
  ['colour', { colour: 'red' }],
  ['tunnel.typo', { tunnel: { typo: 1 } }],
  ['tunnel.verify', { tunnel: { verify: 'never' } }],
  ['session.schedule.kind', { session: { schedule: { kind: 'monthly' } } }],
  ['retry.baseMs', { retry: { baseMs: undefined } }],
])('a draft is refused with the column %s', (field, wrong) => {
  const result = parseArgs('lp.save', { draft: { ...draft, ...wrong } });
  expect(result).toMatchObject({ ok: false, error: { code: 'bad-arguments', field } });
});

test.each(['', '.', '..', 'a/b', 'a\\b', 'a b', '../x', 'x'.repeat(65), 'LP\u0000'])('%j is no name of an LP', (name) => {
  expect(parseArgs('fixlog.open', { provider: name, lines: 1, filter: null })).toMatchObject({
    ok: false,
    error: { field: 'provider' },
  });
});

test('what is refused is not quoted: it may be a password', () => {
  const result = parseArgs('lp.save', { draft: { ...draft, password: ['geheim'] } });
  expect(JSON.stringify(result)).not.toContain('geheim');
});

test.each(['toString', '__proto__', 'constructor', 'lp', '', 7, null, undefined])('%j is no channel', (channel) => {
  expect(isRequestChannel(channel)).toBe(false);
});
