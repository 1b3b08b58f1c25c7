import { expect, test } from 'vitest';
import type { KillIncident, LpKill } from '../../../main/contracts/kill.ts';
import { incidentSummary } from '../../../renderer/store/incident-text.ts';

const incident = (...outcomes: readonly LpKill['outcome'][]): KillIncident => ({
  id: 'i',
  scope: 'all',
  by: 'x',
  reason: '',
  startedAtMs: 0,
  lps: outcomes.map((outcome, n) => ({ provider: `LP-${n}`, steps: [], log: [], outcome })),
});

test.each([
  [incident('confirmed', 'confirmed'), '2 of 2 confirmed'],
  [incident('running', 'confirmed'), '1 running · 1 of 2 confirmed'],
  [incident('confirmed', 'not-confirmed', 'running'), 'LP-1 not confirmed · 1 running · 1 of 3 confirmed'],
  [incident('not-confirmed', 'not-confirmed', 'not-confirmed', 'not-confirmed'), '4 LPs not confirmed · 0 of 4 confirmed'],
])('%#', (kill, text) => {
  expect(incidentSummary(kill)).toBe(text);
});
