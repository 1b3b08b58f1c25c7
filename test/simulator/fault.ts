import { z } from 'zod';

const text = (fallback: string) => z.string().min(1).max(200).default(fallback);

/** What a simulated LP can be told to do wrong. Standing faults last until `none`; the others happen once, on the session that is up. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** Ends every standing fault. */
  z.object({ kind: z.literal('none') }),
  /** Standing: answers each Logon with a Logout carrying `text`, then closes. */
  z.object({ kind: z.literal('refuse-logon'), text: text('Logon refused: account is disabled') }),
  /** Standing: closes each session `seconds` after its Logon. */
  z.object({ kind: z.literal('flap'), seconds: z.coerce.number().min(0.1).max(3600).default(10) }),
  /** Standing: sends nothing more, keeps the socket and reads on. */
  z.object({ kind: z.literal('silent') }),
  /** Standing: everything it sends is `ms` late. */
  z.object({ kind: z.literal('slow'), ms: z.coerce.number().int().min(1).max(60_000).default(1_000) }),
  /** Standing: replies to a Logon with this HeartBtInt (seconds) instead of the one asked for. */
  z.object({ kind: z.literal('wrong-heartbeat'), heartBtInt: z.coerce.number().int().min(1).max(3600).default(77) }),
  /** Standing: asks for a resend of everything, again and again. */
  z.object({ kind: z.literal('resend-storm'), everyMs: z.coerce.number().int().min(10).max(60_000).default(500) }),
  /** Destroys the socket now. */
  z.object({ kind: z.literal('drop') }),
  /** Destroys the socket and refuses connections for `seconds`. */
  z.object({ kind: z.literal('down'), seconds: z.coerce.number().min(0.1).max(3600).default(10) }),
  /** Skips `count` outbound sequence numbers: they were never sent, and a resend of them is a GapFill. */
  z.object({ kind: z.literal('sequence-gap'), count: z.coerce.number().int().min(1).max(10_000).default(1) }),
  /** The next `count` messages carry a wrong CheckSum. */
  z.object({ kind: z.literal('garbled'), count: z.coerce.number().int().min(1).max(1_000).default(1) }),
  /** Logs out with `text`, then closes when answered. */
  z.object({ kind: z.literal('logout'), text: text('End of trading session') }),
  /** Rejects the last message received. */
  z.object({ kind: z.literal('reject'), text: text('Message rejected by the LP') }),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultRequest = z.input<typeof faultSchema>;

/** The value of `--fault kind=value` goes to the one argument that the kind has. */
const ARGUMENT: Record<Fault['kind'], string | null> = {
  none: null,
  'refuse-logon': 'text',
  flap: 'seconds',
  silent: null,
  slow: 'ms',
  'wrong-heartbeat': 'heartBtInt',
  'resend-storm': 'everyMs',
  drop: null,
  down: 'seconds',
  'sequence-gap': 'count',
  garbled: 'count',
  logout: 'text',
  reject: 'text',
};

/**
 * Reads `kind` or `kind=value`, as on the command line.
 * @throws ZodError naming the field when the kind or its value is not known.
 */
export function parseFault(argument: string): Fault {
  const split = argument.indexOf('=');
  const kind = split === -1 ? argument : argument.slice(0, split);
  const name = Object.hasOwn(ARGUMENT, kind) ? ARGUMENT[kind as Fault['kind']] : null;
  return faultSchema.parse(split === -1 || name === null ? { kind } : { kind, [name]: argument.slice(split + 1) });
}

type Standing = 'refuse-logon' | 'flap' | 'silent' | 'slow' | 'wrong-heartbeat' | 'resend-storm';
type StandingFaults = { -readonly [K in Standing]?: Extract<Fault, { kind: K }> };

/** The standing faults of one simulated LP. */
export class FaultBoard {
  readonly standing: StandingFaults = {};

  /** Notes a standing fault, or ends them all with `none`; one-off faults are not kept. */
  set(fault: Fault): void {
    switch (fault.kind) {
      case 'none':
        for (const kind of Object.keys(this.standing) as Standing[]) delete this.standing[kind];
        break;
      case 'refuse-logon':
        this.standing['refuse-logon'] = fault;
        break;
      case 'flap':
        this.standing.flap = fault;
        break;
      case 'silent':
        this.standing.silent = fault;
        break;
      case 'slow':
        this.standing.slow = fault;
        break;
      case 'wrong-heartbeat':
        this.standing['wrong-heartbeat'] = fault;
        break;
      case 'resend-storm':
        this.standing['resend-storm'] = fault;
        break;
      case 'drop':
      case 'down':
      case 'sequence-gap':
      case 'garbled':
      case 'logout':
      case 'reject':
        break;
    }
  }

  list(): readonly Fault[] {
    return Object.values(this.standing);
  }
}
