import { expect, test } from 'vitest';
import { overall } from '../../../main/admin/health-route.ts';
import { statusOf } from '../../../main/admin/http-errors.ts';
import { health } from '../operations/lp-view.ts';

test.each([
  [400, 'user', 'bad-arguments', 'Port'],
  [404, 'user', 'unknown-provider', 'provider'],
  [409, 'user', 'provider-exists', 'Provider'],
  [409, 'user', 'killed', undefined],
  [409, 'user', 'not-inactive', undefined],
  [422, 'user', 'config-invalid', 'HeartBtInt'],
  [422, 'user', 'reason-required', 'reason'],
  [422, 'user', 'typed-differs', 'typed'],
  [503, 'operational', 'database-unavailable', undefined],
  [500, 'unexpected', 'unexpected', undefined],
] as const)('%d for %s %s', (status, kind, code, field) => {
  expect(statusOf({ kind, code, message: '', ...(field === undefined ? {} : { field }) })).toBe(status);
});

test('NATS down is degraded: events wait, sessions run on; what sessions need is down', () => {
  expect(overall(health)).toBe('ok');
  expect(overall({ ...health, nats: { ...health.nats, state: 'down' } })).toBe('degraded');
  expect(overall({ ...health, disk: { ...health.disk, state: 'degraded' } })).toBe('degraded');
  expect(overall({ ...health, database: { ...health.database, state: 'down' } })).toBe('down');
  expect(overall({ ...health, disk: { ...health.disk, state: 'down' } })).toBe('down');
});
