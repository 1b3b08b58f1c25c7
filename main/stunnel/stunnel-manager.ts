import { X509Certificate } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { freePort } from '../base/free-port.ts';
import { hasPrivateSockets } from '../base/platform.ts';
import { PrivateSockets } from '../base/private-sockets.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { LocalEnd } from '../contracts/local-end.ts';
import type { HostPort, LpConfig } from '../contracts/lp-config.ts';
import type { Tunnel, TunnelNote } from '../contracts/processes.ts';
import { findStunnel } from './find-stunnel.ts';
import { PemHashes, readPem } from './pem-files.ts';
import { localAddress, renderConfig } from './render-config.ts';
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
  /** Of the console: tunnels have their local ends in it. */
  readonly dataDir: string;
  /** Whether stunnel can listen on a Unix socket; everywhere but on Windows by default. */
  readonly unixSockets?: boolean;
  /** Proposes the local port of a tunnel where there are no such sockets, 1–65535; a free one by default. */
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
/** In the place of the local end, which is another for each tunnel. */
const ANY_END: LocalEnd = { path: '/local-end' };

/** Starts one stunnel per LP, with a local end of its own: FIXS ties the authorisation of a session to its tunnel, so tunnels are not shared. */
export class StunnelManager {
  readonly #options: StunnelManagerOptions;
  readonly #hashes = new PemHashes();
  readonly #ends: PrivateSockets | null;

  /** @throws the file system's error when there is no folder for the local ends */
  constructor(options: StunnelManagerOptions) {
    this.#options = options;
    this.#ends = (options.unixSockets ?? hasPrivateSockets()) ? new PrivateSockets(options.dataDir, 'tunnels') : null;
  }

  /**
   * Everything that makes a tunnel: two of them are the same tunnel if it is equal. Never rejects.
   * @param target host and port of the LP, from the configuration or one of its backups.
   */
  async identity(config: LpConfig, target: HostPort): Promise<string> {
    const systemCaFile = SYSTEM_CA_FILES.find(isReadable) ?? null;
    let rendered: string;
    try {
      rendered = renderConfig(config, target, { localEnd: ANY_END, systemCaFile });
    } catch (error) {
      rendered = messageOf(error);
    }
    const { caFile, certFile, keyFile } = config.tunnel;
    const files = [caFile ?? systemCaFile, certFile, keyFile].filter((path) => path !== null);
    return JSON.stringify([rendered, await Promise.all(files.map((path) => this.#hashes.of(path)))]);
  }

  /**
   * Resolves when stunnel listens at its local end. That is read from its log: a trial connection would make it dial the LP.
   * @param target host and port of the LP, from the configuration or one of its backups.
   * @param givenUp ends what was started, and fails, when it is signalled.
   */
  async start(config: LpConfig, target: HostPort, givenUp: AbortSignal): Promise<Started> {
    const { clock, env, proposePort = freePort } = this.#options;
    const found = findStunnel(env);
    if ('reason' in found) return { ok: false, reason: found.reason };
    // Before stunnel reads the files: if one changes in between, the tunnel is taken for an old one and replaced.
    const identity = await this.identity(config, target);
    let pinned: TunnelNote | null;
    try {
      pinned = await checkFiles(config, clock.nowMs());
    } catch (error) {
      return failed(messageOf(error));
    }
    const start = (localEnd: LocalEnd, gone: () => void) =>
      this.#startAt(localEnd, gone, { config, target, givenUp, identity, pinned, program: found.path });

    if (this.#ends !== null) {
      let end: ReturnType<PrivateSockets['make']>;
      try {
        end = this.#ends.make();
      } catch (error) {
        return failed(`there is no folder for its local end: ${messageOf(error)}`);
      }
      return (await start({ path: end.path }, end.remove)).started;
    }
    for (let i = 1; ; i += 1) {
      const { started, taken } = await start({ host: '127.0.0.1', port: await proposePort() }, () => undefined);
      if (!taken || i === PORTS_TO_TRY) return started;
    }
  }

  /** @param gone told when there is no process (any more) that uses the local end */
  async #startAt(
    localEnd: LocalEnd,
    gone: () => void,
    { config, target, givenUp, identity, pinned, program }: Making,
  ): Promise<{ readonly started: Started; readonly taken: boolean }> {
    const { logs, clock } = this.#options;
    const not = (detail: string, taken = false) => {
      gone();
      return { started: failed(detail), taken };
    };
    if (givenUp.aborted) return not(GIVEN_UP);
    let configuration: string;
    try {
      configuration = renderConfig(config, target, { localEnd, systemCaFile: SYSTEM_CA_FILES.find(isReadable) ?? null });
    } catch (error) {
      return not(messageOf(error));
    }
    const log = logs.open(config.provider);
    let process: StunnelProcess;
    try {
      process = await StunnelProcess.start(program, configuration, clock, log);
    } catch (error) {
      log.close();
      return not(`${program} cannot be started: ${messageOf(error)}`);
    }
    // Before a path it says "localhost:", too.
    const address = localAddress(localEnd);
    const bound = await process.lineThat((line) => line.includes(' bound to ') && line.endsWith(address), READY_MS, givenUp);
    if (bound !== null) {
      if (pinned !== null) process.note(pinned);
      process.onExit(gone);
      return { started: { ok: true, tunnel: tunnelOf(process, localEnd, identity) }, taken: false };
    }
    process.kill();
    await process.exited;
    if (givenUp.aborted) return not(GIVEN_UP);
    const complaint = process.complaint === '' ? `stunnel did not listen within ${READY_MS / 1000} s` : process.complaint;
    return not(complaint, process.hasSaid('Address already in use'));
  }
}

interface Making {
  readonly config: LpConfig;
  readonly target: HostPort;
  readonly givenUp: AbortSignal;
  readonly identity: string;
  readonly pinned: TunnelNote | null;
  readonly program: string;
}

function tunnelOf(process: StunnelProcess, localEnd: LocalEnd, identity: string): Tunnel {
  return {
    pid: process.pid,
    localEnd,
    identity,
    onNote: (listener) => process.onNote(listener),
    onExit: (listener) => process.onExit(listener),
    stop: () => process.stop(),
    kill: () => process.kill(),
  };
}

function failed(detail: string): Started {
  return { ok: false, reason: { code: 'tunnel-failed', detail } };
}

/**
 * Reads the files of the tunnel options: stunnel itself would not name the one that it cannot read. Rejects with words for the operator.
 * @returns how long a pinned certificate is still good; null for the other ways to verify
 */
async function checkFiles({ tunnel }: LpConfig, nowMs: number): Promise<TunnelNote | null> {
  let ca: Buffer = Buffer.alloc(0);
  for (const field of ['caFile', 'certFile', 'keyFile'] as const) {
    const path = tunnel[field];
    if (path === null) continue;
    try {
      const held = await readPem(path);
      if (field === 'caFile') ca = held;
    } catch (error) {
      throw new Error(`tunnel.${field}: ${path} cannot be read (${messageOf(error)})`, { cause: error });
    }
  }
  if (tunnel.verify !== 'pinned' || tunnel.caFile === null) return null;
  try {
    return pinnedCertificate(ca, nowMs);
  } catch (error) {
    throw new Error(`tunnel.caFile: ${tunnel.caFile} holds no certificate (${messageOf(error)})`, { cause: error });
  }
}

/**
 * How long a pinned certificate is still good. For verify chain stunnel does not tell the validity of the certificate that it was shown,
 * and a second TLS connection only to ask would be a logon attempt in the eyes of some LPs: there is no note then.
 */
function pinnedCertificate(pem: Buffer, nowMs: number): TunnelNote {
  const certificate = new X509Certificate(pem);
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
