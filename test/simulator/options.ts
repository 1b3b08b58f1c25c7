import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Fault, parseFault } from './fault.ts';

export interface SimulatorOptions {
  /** TCP ports on loopback; 0 takes a free one. */
  readonly port: number;
  readonly controlPort: number;
  /** The LP's own CompID, and the one it lets log on (`*`: any). */
  readonly sender: string;
  readonly target: string;
  /** PEM files; null: plain TCP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile: string | null } | null;
  /** Application messages a second. */
  readonly rate: number;
  readonly seed: number;
  readonly reset: boolean;
  readonly faults: readonly Fault[];
  /** Ends with the process that holds its standard input. */
  readonly owned: boolean;
}

export const USAGE = `One simulated LP: a FIX 4.4 acceptor that streams market data and executions.

  --port P           FIX port on 127.0.0.1 (0: a free one)
  --control-port P   HTTP control on 127.0.0.1: GET /state, POST /fault {"kind": …} (default 0)
  --sender ID        the LP's CompID (default LPSIM)
  --target ID        the client's CompID, * for any (default *)
  --rate N           application messages a second after Logon (default 10)
  --seed N           of the random walk (default 1)
  --reset            answer the first Logon with 141=Y when the client's MsgSeqNum is not 1
  --tls --cert F --key F [--client-ca F]
                     PEM files; --client-ca asks for a client certificate
  --fault KIND[=V]   refuse-logon=TEXT flap=SECONDS silent slow=MS wrong-heartbeat=SECONDS resend-storm=MS; may be repeated.
                     While running also: none drop down sequence-gap garbled logout reject
  --owned            end when standard input closes

Prints {"port", "controlPort", "pid"} in one line when it listens.`;

const portSchema = z.coerce.number().int().min(0).max(65_535);

/**
 * @returns null when asked for help.
 * @throws Error naming the option that is missing or wrong.
 */
export function parseOptions(argv: readonly string[]): SimulatorOptions | null {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      'control-port': { type: 'string', default: '0' },
      sender: { type: 'string', default: 'LPSIM' },
      target: { type: 'string', default: '*' },
      rate: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      reset: { type: 'boolean', default: false },
      tls: { type: 'boolean', default: false },
      cert: { type: 'string' },
      key: { type: 'string' },
      'client-ca': { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      owned: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const number = <T>(option: string, schema: z.ZodType<T>, value: unknown): T => {
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new Error(`--${option} ${String(value)}: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  };
  if (values.port === undefined) throw new Error('--port is missing');
  if (values.tls && (values.cert === undefined || values.key === undefined)) throw new Error('--tls needs --cert and --key');
  return {
    port: number('port', portSchema, values.port),
    controlPort: number('control-port', portSchema, values['control-port']),
    sender: values.sender,
    target: values.target,
    rate: number('rate', z.coerce.number().min(0).max(100_000), values.rate),
    seed: number('seed', z.coerce.number().int().min(0), values.seed),
    reset: values.reset,
    tls:
      values.tls && values.cert !== undefined && values.key !== undefined
        ? { certFile: values.cert, keyFile: values.key, clientCaFile: values['client-ca'] ?? null }
        : null,
    faults: values.fault.map((argument) => {
      try {
        return parseFault(argument);
      } catch (error) {
        throw new Error(`--fault ${argument}: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`);
      }
    }),
    owned: values.owned,
  };
}
