import { expect, test } from 'vitest';
import { actorText } from '../../../main/operations/audit-trail.ts';
import { kill, killAll, rearm } from '../../../main/operations/kill.ts';
import { createLp, deleteLp, saveLp } from '../../../main/operations/lp-configuration.ts';
import { activate, deactivate, restart, takeOver } from '../../../main/operations/lp-life.ts';
import type { OperationDeps } from '../../../main/operations/operation.ts';
import { discardRefused } from '../../../main/operations/refused-writes.ts';
import { resendRequest, resetSequence, setSequence, testRequest } from '../../../main/operations/sequence.ts';
import { lpView } from './lp-view.ts';
import { actor, draft, operationsOn } from './operations-on.ts';

type Run = (deps: OperationDeps, who: typeof actor) => Promise<{ readonly ok: boolean }>;
const by = { provider: 'LP-A', reason: 'because' };

const OPERATORS: readonly (readonly [string, Run])[] = [
  ['activate', (deps, who) => activate(deps, who, by)],
  ['deactivate', (deps, who) => deactivate(deps, who, by)],
  ['restart', (deps, who) => restart(deps, who, by)],
  ['kill', (deps, who) => kill(deps, who, by)],
  ['kill-all', (deps, who) => killAll(deps, who, { reason: 'because', typed: 'KILL' })],
  ['rearm', (deps, who) => rearm(deps, who, { ...by, typed: 'LP-A' })],
  ['take-over', (deps, who) => takeOver(deps, who, { ...by, typed: 'LP-A' })],
  ['set-sequence', (deps, who) => setSequence(deps, who, { ...by, nextIn: 1, nextOut: 1 })],
  ['reset-sequence', (deps, who) => resetSequence(deps, who, by)],
  ['resend-request', (deps, who) => resendRequest(deps, who, { ...by, from: 1 })],
  ['test-request', (deps, who) => testRequest(deps, who, by)],
];
const ADMINS: readonly (readonly [string, Run])[] = [
  ['create', (deps, who) => createLp(deps, who, { draft: { ...draft, provider: 'LP-B' } })],
  ['save', (deps, who) => saveLp(deps, who, { draft })],
  ['delete', (deps, who) => deleteLp(deps, who, by)],
  ['discard-refused', (deps, who) => discardRefused(deps, who, { ids: ['one'], reason: 'because' })],
];

test.each([...OPERATORS, ...ADMINS])('a viewer does not %s, and the attempt is audited', async (operation, run) => {
  const { deps, control, configs, audit } = operationsOn(lpView('LP-A'));
  expect(await run(deps, { ...actor, role: 'viewer' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  expect(control.calls).toEqual([]);
  expect(configs.stored.size).toBe(0);
  expect(audit.rows).toMatchObject([{ operation, result: 'forbidden', actor: 'desk-1' }]);
});

test.each(ADMINS)('an operator does not %s', async (operation, run) => {
  const { deps, configs, audit } = operationsOn(lpView('LP-A'));
  expect(await run(deps, { ...actor, role: 'operator' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  expect(configs.stored.size).toBe(0);
  expect(audit.rows).toMatchObject([{ operation, result: 'forbidden' }]);
});

test.each(OPERATORS)('an operator does %s', async (_operation, run) => {
  const { deps, control } = operationsOn(lpView('LP-A'));
  expect(await run(deps, { ...actor, role: 'operator' })).toMatchObject({ ok: true });
  expect(control.calls).toHaveLength(1);
});

test('the audit has the name that was proven, and beside it the claimed one as a line that reads as it is stored', () => {
  const said = (claimed: string | null) => actorText({ ...actor, name: 'bot', claimed });
  expect(said(null)).toBe('bot');
  expect(said('bot')).toBe('bot');
  expect(said('risk desk')).toBe('bot (for risk desk)');
  expect(said('x\r\nadmin\u202Egnp\u2066.\u0000\u200B\u2028')).toBe('bot (for x admin gnp .)');
  expect(said('\u202E\n')).toBe('bot');
});

test('a reason is one line too, and one of which nothing is left is none', async () => {
  const { deps, audit, control } = operationsOn(lpView('LP-A'));
  await deactivate(deps, actor, { provider: 'LP-A', reason: 'stop\nLP-A\u202E' });
  expect(control.calls).toEqual(['deactivate LP-A stop LP-A']);
  expect(audit.rows).toMatchObject([{ reason: 'stop LP-A' }]);
  expect(await deactivate(deps, actor, { provider: 'LP-A', reason: '\u202E\n' })).toMatchObject({
    error: { code: 'reason-required' },
  });
});
