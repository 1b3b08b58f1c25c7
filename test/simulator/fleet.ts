import { join } from 'node:path';
import type { LpDraft } from '../../main/contracts/lp-config.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { findTool } from '../support/system-tools.ts';
import { type SimulatorArguments, SimulatorProcess } from './simulator-process.ts';

/** One simulated LP of the fleet, and how the console is to be configured for it. */
interface Member {
  readonly provider: string;
  readonly heartBtInt: number;
  readonly simulator: SimulatorArguments;
  readonly draft?: Partial<LpDraft>;
  readonly tls?: true;
}

const CLIENT = 'VFXLP';

const MEMBERS: readonly Member[] = [
  { provider: 'LP-ALPHA', heartBtInt: 30, simulator: { rate: 20 }, draft: { session: { cancelsOnDisconnect: 'yes' } } },
  { provider: 'LP-BRAVO', heartBtInt: 10, simulator: { rate: 5 }, draft: { session: { cancelsOnDisconnect: 'no' } } },
  { provider: 'LP-CHARLIE', heartBtInt: 5, simulator: { rate: 120 } },
  // Quiet: its heartbeats at 1 s are what is seen.
  { provider: 'LP-DELTA', heartBtInt: 1, simulator: { rate: 0.5 } },
  { provider: 'LP-ECHO-TLS', heartBtInt: 30, simulator: { rate: 10 }, tls: true },
  {
    provider: 'LP-FOXTROT',
    heartBtInt: 30,
    simulator: { faults: ['refuse-logon=Account VFXLP is not permissioned for this session'] },
  },
  {
    provider: 'LP-GOLF',
    heartBtInt: 30,
    simulator: { rate: 10, faults: ['flap=20'] },
    draft: { retry: { stableMs: 5_000, baseMs: 4_000, capMs: 10_000 } },
  },
];

/** Simulated LPs as the demo has them: four that are well, one of them behind TLS besides, one that refuses the Logon, one that flaps. */
export class Fleet {
  readonly drafts: readonly LpDraft[];
  /** Control port of each LP, by provider. */
  readonly controlPorts: ReadonlyMap<string, number>;
  /** What was left out, and why; for people. */
  readonly notes: readonly string[];
  readonly #simulators: readonly SimulatorProcess[];

  private constructor(started: readonly { simulator: SimulatorProcess; draft: LpDraft }[], notes: readonly string[]) {
    this.#simulators = started.map(({ simulator }) => simulator);
    this.drafts = started.map(({ draft }) => draft);
    this.controlPorts = new Map(started.map(({ simulator, draft }) => [draft.provider, simulator.controlPort]));
    this.notes = notes;
  }

  /**
   * @param dir folder for the certificates; exists.
   * @param program the built simulator; the source when left out.
   */
  static async start(dir: string, program?: string): Promise<Fleet> {
    const secure = findTool('openssl') !== null;
    const members = MEMBERS.filter(({ tls }) => secure || tls !== true);
    const notes = secure ? [] : ['LP-ECHO-TLS is left out: openssl, which would make its certificate, is not installed'];
    const tls = secure ? await makeCertificate(join(dir, 'ca')) : null;
    const outcomes = await Promise.allSettled(
      members.map(async (member, index) => {
        const simulator = await SimulatorProcess.start({
          seed: index + 1,
          sender: member.provider,
          target: CLIENT,
          ...member.simulator,
          ...(member.tls === true && tls !== null ? { tls: tls.server } : {}),
          ...(program === undefined ? {} : { program }),
        });
        return { simulator, draft: draftOf(member, simulator.port, tls?.caFile ?? null) };
      }),
    );
    const started = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    const fleet = new Fleet(started, notes);
    if (failure !== undefined) {
      await fleet.stop();
      throw failure.reason;
    }
    return fleet;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#simulators.map((simulator) => simulator.stop()));
  }
}

function draftOf({ provider, heartBtInt, draft, tls }: Member, port: number, caFile: string | null): LpDraft {
  return {
    provider,
    // A name, so that the certificate's host name is checked.
    host: tls === true ? 'localhost' : '127.0.0.1',
    port,
    senderCompId: CLIENT,
    targetCompId: provider,
    heartBtInt,
    ssl: tls === true,
    ...(tls === true ? { tunnel: { verify: 'chain', caFile } } : {}),
    ...draft,
  };
}

async function makeCertificate(dir: string) {
  const authority = await CertificateAuthority.create(dir, 'VFXLP demo authority');
  const server = await authority.issue({ name: 'localhost', dnsNames: ['localhost'], addresses: ['127.0.0.1'] });
  return { caFile: authority.certFile, server };
}
