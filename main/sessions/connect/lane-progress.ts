import type { EngineReport } from '../../contracts/engine-protocol.ts';
import type { TunnelNote } from '../../contracts/processes.ts';
import type { ConnectionLane } from './connection-lane.ts';

/** Moves the lights of the lane as the engine reports. Behind a tunnel its DNS and TCP steps are the tunnel's, and say nothing of the LP. */
export function laneOnReport(lane: ConnectionLane, report: EngineReport, ssl: boolean, nowMs: number): void {
  switch (report.type) {
    case 'ready':
      lane.ok('engine', nowMs, `process ${report.pid}`);
      return;
    case 'resolved':
      if (ssl) return;
      lane.ok('dns', nowMs, report.address, report.durationMs);
      lane.doing('tcp', nowMs);
      return;
    case 'tcp-connected':
      if (!ssl) lane.ok('tcp', nowMs, report.address, report.durationMs);
      return;
    case 'logon-sent':
      lane.doing('logon', nowMs);
      return;
    case 'logged-on':
      lane.ok('logon', nowMs, `next in ${report.nextIn}, next out ${report.nextOut}`, report.durationMs);
      lane.doing('first-message', nowMs);
      return;
    case 'first-message':
      lane.ok('first-message', nowMs, report.msgType);
      return;
    default:
  }
}

/** The same for what stunnel's log says. */
export function laneOnTunnelNote(lane: ConnectionLane, note: TunnelNote, nowMs: number): void {
  switch (note.kind) {
    case 'accepted':
      return;
    case 'connected':
      lane.skip('dns', 'resolved by stunnel');
      lane.ok('tcp', nowMs, note.address);
      lane.doing('tls', nowMs);
      return;
    case 'tls':
      lane.ok('tls', nowMs, `${note.version} ${note.cipher}`);
      return;
    case 'certificate':
      lane.note('tls', `certificate ${note.daysLeft} days left`);
      return;
    case 'failed':
      return;
    default:
      note satisfies never;
  }
}
