import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../../main/contracts/disconnect-reason.ts';
import type { EngineReport } from '../../../../main/contracts/engine-protocol.ts';
import type { TunnelNote } from '../../../../main/contracts/processes.ts';
import { ConnectionLane } from '../../../../main/sessions/connect/connection-lane.ts';
import { laneOnReport, laneOnTunnelNote } from '../../../../main/sessions/connect/lane-progress.ts';

/** The lights that are not off, as `name light atMs/durationMs text`. */
const lights = (lane: ConnectionLane): string[] =>
  lane
    .view()
    .filter(({ light, text }) => light !== 'off' || text !== null)
    .map(({ name, light, atMs, durationMs, text }) => `${name} ${light} ${atMs ?? '-'}/${durationMs ?? '-'} ${text ?? '-'}`);

const OFF = ['engine', 'dns', 'tunnel', 'tcp', 'tls', 'logon', 'first-message'].map((name) => ({
  name,
  light: 'off',
  atMs: null,
  durationMs: null,
  text: null,
}));

describe('the lights of a connection', () => {
  it('are all off at first, and after clear', () => {
    const lane = new ConnectionLane();
    expect(lane.view()).toEqual(OFF);
    lane.doing('engine', 5, 'starting');
    expect(lights(lane)).toEqual(['engine doing 5/- starting']);
    lane.clear();
    expect(lane.view()).toEqual(OFF);
    lane.ok('engine', 9);
    expect(lights(lane)).toEqual(['engine ok 9/- -']);
  });

  it('say how long a step took, as it was measured or since it began', () => {
    const lane = new ConnectionLane();
    lane.doing('dns', 10);
    lane.ok('dns', 17, 'an address');
    lane.doing('tcp', 20);
    lane.ok('tcp', 29, null, 3);
    expect(lights(lane)).toEqual(['dns ok 17/7 an address', 'tcp ok 29/3 -']);
  });

  it.each([
    [false, ['engine ok 1/- -', 'tunnel skipped -/- -', 'tls skipped -/- -']],
    [true, ['engine ok 1/- -', 'tunnel ok 2/- -']],
  ])('of another attempt keep the engine, and the tunnel if it goes through one: %s', (ssl, kept) => {
    const lane = new ConnectionLane();
    lane.ok('engine', 1);
    lane.ok('tunnel', 2);
    lane.doing('tcp', 3, 'x');
    lane.restart(ssl);
    expect(lights(lane)).toEqual(kept);
    expect(lane.view().map(({ name }) => name)).toEqual(OFF.map(({ name }) => name));
    lane.ok('tcp', 9);
    expect(lights(lane)).toContain('tcp ok 9/- -');
  });

  it('of another attempt do not keep a tunnel that was only being opened', () => {
    const lane = new ConnectionLane();
    lane.doing('tunnel', 2);
    lane.restart(true);
    expect(lane.view()).toEqual(OFF);
  });

  it.each<[Layer, string]>([
    ['config', 'engine'],
    ['engine', 'engine'],
    ['ownership', 'engine'],
    ['dns', 'dns'],
    ['tunnel', 'tunnel'],
    ['tcp', 'tcp'],
    ['tls', 'tls'],
    ['logon', 'logon'],
    ['sequence', 'logon'],
    ['heartbeat', 'logon'],
    ['protocol', 'logon'],
    ['peer-logout', 'logon'],
    ['operator', 'logon'],
    ['schedule', 'logon'],
  ])('show a failure of %s at the %s, and nothing under way any more', (layer, name) => {
    const lane = new ConnectionLane();
    lane.doing('first-message', 1, 'x');
    lane.fail(layer, 8, 'why');
    expect(lights(lane)).toEqual([`${name} failed 8/- why`, 'first-message off 1/- x']);
  });

  it('take what becomes known later behind what they say', () => {
    const lane = new ConnectionLane();
    lane.ok('tls', 1);
    lane.note('tls', 'one');
    lane.note('tls', 'two');
    expect(lights(lane)).toEqual(['tls ok 1/- one, two']);
  });
});

describe('what moves the lights', () => {
  it.each<[EngineReport, boolean, readonly string[]]>([
    [{ type: 'ready', pid: 7, nextIn: 1, nextOut: 1 }, false, ['engine ok 9/- process 7']],
    [{ type: 'resolved', address: '192.0.2.1', durationMs: 4 }, false, ['dns ok 9/4 192.0.2.1', 'tcp doing 9/- -']],
    [{ type: 'resolved', address: '127.0.0.1', durationMs: 4 }, true, []],
    [{ type: 'tcp-connected', address: '192.0.2.1:9', durationMs: 4 }, false, ['tcp ok 9/4 192.0.2.1:9']],
    [{ type: 'tcp-connected', address: '127.0.0.1:9', durationMs: 4 }, true, []],
    [{ type: 'logon-sent' }, true, ['logon doing 9/- -']],
    [
      { type: 'logged-on', nextIn: 3, nextOut: 5, durationMs: 4 },
      true,
      ['logon ok 9/4 next in 3, next out 5', 'first-message doing 9/- -'],
    ],
    [{ type: 'first-message', msgType: '8' }, true, ['first-message ok 9/- 8']],
    [{ type: 'recovered' }, false, []],
  ])('%j, through a tunnel: %s', (report, ssl, shown) => {
    const lane = new ConnectionLane();
    laneOnReport(lane, report, ssl, 9);
    expect(lights(lane)).toEqual(shown);
  });

  it.each<[TunnelNote, readonly string[]]>([
    [
      { kind: 'connected', address: '192.0.2.1:9' },
      ['dns skipped -/- resolved by stunnel', 'tcp ok 9/- 192.0.2.1:9', 'tls doing 9/- -'],
    ],
    [{ kind: 'tls', version: 'TLSv1.3', cipher: 'AES' }, ['tls ok 9/- TLSv1.3 AES']],
    [{ kind: 'certificate', daysLeft: 8, subject: 'CN=lp' }, ['tls off -/- certificate 8 days left']],
    [{ kind: 'failed', reason: { code: 'tcp-refused' } }, []],
  ])('stunnel: %j', (note, shown) => {
    const lane = new ConnectionLane();
    laneOnTunnelNote(lane, note, 9);
    expect(lights(lane)).toEqual(shown);
  });
});
