import { X509Certificate } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { freePort } from '../base/free-port.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { HostPort, LpConfig } from '../contracts/lp-config.ts';
import type { Tunnel, TunnelNote } from '../contracts/processes.ts';
import { findStunnel } from './find-stunnel.ts';
import { renderConfig } from './render-config.ts';
import { StunnelProcess, type TunnelLog } from './stunnel-process.ts';

/** What the manager needs of the logs: `tunnel.log` in a provider's log folder. */
export interface TunnelLogs {
  open(provider: string): TunnelLog;
}

export interface StunnelManagerOptions {
  readonly logs: TunnelLogs;
  readonly clock: Clock;
  /** PATH and VFXLP_STUNNEL are read; looked up at each start, so that an installation is found without a restart. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Proposes the local port of a tunnel, 1–65535; a free one by default. */
  readonly proposePort?: () => Promise<number>;
}

type Started = { readonly ok: true; readonly tunnel: Tunnel } | { readonly ok: false; readonly reason: DisconnectReason };

const READY_MS = 5_000;
const GIVEN_UP = 'the start was given up';
/** Another process may take a port between our asking for a free one and stunnel's binding it. */
const PORTS_TO_TRY = 5;
const SYSTEM_CA_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const DAY_MS = 86_400_000;

/** Starts one stunnel per LP, on a local port of its own: FIXS ties the authorisation of a session to its tunnel, so tunnels are not shared. */
export class StunnelManager {
  readonly #options: StunnelManagerOptions;

  constructor(options: StunnelManagerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when stunnel listens on its local port. That is read from its log: a trial connection would make it dial the LP.
   * @param target host and port of the LP, from the configuration or one of its backups.
   * @param givenUp ends what was started, and fails, when it is signalled.
   */
  async start(config: LpConfig, target: HostPort, givenUp: AbortSignal): Promise<Started> {
    const { logs, clock, env, proposePort = freePort } = this.#options;
    const found = findStunnel(env);
    if ('reason' in found) return { ok: false, reason: found.reason };
    const unreadable = unreadableFile(config);
    if (unreadable !== null) return failed(unreadable);
    let pinned: TunnelNote | null;
    try {
      pinned = pinnedCertificate(config, clock.nowMs());
    } catch (error) {
      return failed(`tunnel.caFile: ${config.tunnel.caFile} holds no certificate (${messageOf(error)})`);
    }
    const systemCaFile = SYSTEM_CA_FILES.find(isReadable) ?? null;

    let complaint = '';
    for (let i = 0; i < PORTS_TO_TRY; i += 1) {
      const port = await proposePort();
      if (givenUp.aborted) return failed(GIVEN_UP);
      let configuration: string;
      try {
        configuration = renderConfig(config, target, { localPort: port, systemCaFile });
      } catch (error) {
        return failed(messageOf(error));
      }
      const log = logs.open(config.provider);
      let process: StunnelProcess;
      try {
        process = await StunnelProcess.start(found.path, configuration, clock, log);
      } catch (error) {
        log.close();
        return failed(`${found.path} cannot be started: ${messageOf(error)}`);
      }
      const bound = await process.lineThat((line) => line.includes(` bound to 127.0.0.1:${port}`), READY_MS, givenUp);
      if (bound !== null) {
        if (pinned !== null) process.note(pinned);
        return { ok: true, tunnel: tunnelOf(process, port) };
      }
      process.kill();
      await process.exited;
      if (givenUp.aborted) return failed(GIVEN_UP);
      complaint = process.complaint;
      if (!process.hasSaid('Address already in use')) break;
    }
    return failed(complaint === '' ? `stunnel did not listen within ${READY_MS / 1000} s` : complaint);
  }
}

function tunnelOf(process: StunnelProcess, port: number): Tunnel {
  return {
    pid: process.pid,
    host: '127.0.0.1',
    port,
    onNote: (listener) => process.onNote(listener),
    onExit: (listener) => process.onExit(listener),
    stop: () => process.stop(),
    kill: () => process.kill(),
  };
}

function failed(detail: string): Started {
  return { ok: false, reason: { code: 'tunnel-failed', detail } };
}

/** The first file of the tunnel options that cannot be read, said as an operator can mend it; stunnel itself would not name it. */
function unreadableFile({ tunnel }: LpConfig): string | null {
  for (const field of ['caFile', 'certFile', 'keyFile'] as const) {
    const path = tunnel[field];
    if (path !== null && !isReadable(path)) return `tunnel.${field}: ${path} cannot be read`;
  }
  return null;
}

/**
 * How long a pinned certificate is still good. For verify chain stunnel does not tell the validity of the certificate that it was shown,
 * and a second TLS connection only to ask would be a logon attempt in the eyes of some LPs: there is no note then.
 */
function pinnedCertificate({ tunnel }: LpConfig, nowMs: number): TunnelNote | null {
  if (tunnel.verify !== 'pinned' || tunnel.caFile === null) return null;
  const certificate = new X509Certificate(readFileSync(tunnel.caFile));
  const daysLeft = Math.floor((certificate.validToDate.getTime() - nowMs) / DAY_MS);
  return { kind: 'certificate', daysLeft, subject: certificate.subject.replaceAll('\n', ', ') };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
