import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { KillIncident } from '../../../main/contracts/kill.ts';
import type { KillEvidence } from '../../../main/contracts/stored-incident.ts';
import { incident, incidentList } from '../../../main/operations/queries.ts';
import { operationsOn } from './operations-on.ts';
import { incidentOf } from './recorded-control.ts';

let desk: ReturnType<typeof operationsOn>;
beforeEach(() => {
  desk = operationsOn();
});

const announce = (told: KillIncident): void => {
  for (const listener of desk.control.incidentListeners) listener(told);
};
const log = [{ atMs: 1, step: 'latch', state: 'doing', text: null }] as const;
const begun = (id: string): KillIncident => {
  const told = incidentOf(id, 'lp', 'desk-1', 'runaway', ['LP-A'], 'running');
  return { ...told, lps: told.lps.map((lp) => ({ ...lp, log })) };
};
const evidence: KillEvidence = {
  provider: 'LP-A',
  loggedOnAtMs: 1,
  atPress: { nextIn: 5, nextOut: 6 },
  atEnd: null,
  gap: { from: 3, to: 4 },
  messages: null,
  problem: null,
};

test('a kill is put down after the turn in which it began, with what is known of the session, and again when that changes', async () => {
  announce(begun('one'));
  for (const listener of desk.control.evidenceListeners) listener({ incidentId: 'one', evidence });
  expect(desk.incidents.saved).toEqual([]);
  await nextTurn();
  expect(desk.incidents.saved).toEqual([{ console: 'console-a', incident: begun('one'), evidence: [evidence] }]);
  const ended = { ...evidence, atEnd: { nextIn: 6, nextOut: 7 } };
  for (const listener of desk.control.evidenceListeners) listener({ incidentId: 'one', evidence: ended });
  await nextTurn();
  expect(desk.incidents.saved).toHaveLength(2);
  expect(await incident(desk.deps, { id: 'one' })).toMatchObject({ ok: true, value: [{ evidence: [ended] }] });
  expect(await incidentList(desk.deps, { limit: 1 })).toMatchObject({
    ok: true,
    value: { incidents: [{ id: 'one', lps: ['LP-A'], open: ['LP-A'] }] },
  });
});

test('one that this console only learned of is not its to keep', async () => {
  announce(incidentOf('learned', 'lp', 'desk-2', 'fat finger', ['LP-A'], 'confirmed'));
  await nextTurn();
  expect(desk.incidents.saved).toEqual([]);
  expect(await incident(desk.deps, { id: 'learned' })).toMatchObject({ ok: false, error: { code: 'unknown-incident' } });
});

test('what changed last is put down when the console ends', async () => {
  announce(begun('one'));
  await desk.operations.close();
  expect(desk.incidents.saved).toHaveLength(1);
});
