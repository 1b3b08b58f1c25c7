import { matchExactly, matchFields, matchResend, type Variables } from './script-match.ts';
import { buildMessage, buildRaw, type Field, printable, readFields, readMessage, utcTimestamp } from './script-message.ts';
import type { Scenario, Step } from './script-parser.ts';

export const ENGINE_COMP_ID = 'VFXLP';
export const PEER_COMP_ID = 'LP';

/** How long `allow` waits for what need not come, ms. */
const ALLOWED_MS = 150;

/** What a script hears of the engine next. */
export type Heard =
  | { readonly kind: 'message'; readonly wire: string }
  | { readonly kind: 'closed'; readonly reason: string | null }
  | { readonly kind: 'silence' };

/** The counterparty's end of a session, over the core's port or over a socket. */
export interface ScriptPeer {
  nowMs(): number;
  /** The engine's next connection is up. */
  connect(): Promise<void>;
  write(wire: string): void;
  /** What comes next; silence when nothing came within the deadline (of the peer's choice, plus what `advance` granted). */
  next(): Promise<Heard>;
  /** As next, but for this long exactly. */
  during(ms: number): Promise<Heard>;
  advance(ms: number): void;
  close(): void;
  crash(): Promise<void>;
  operator(action: string): Promise<void>;
  /** Everything that was logged, noted or reported so far. */
  logged(): Promise<string>;
  end(): Promise<void>;
}

/** Plays a scenario's steps against a peer. Rejects with file, line, what was expected and what came. Ends the peer in any case. */
export async function runScenario(scenario: Scenario, peer: ScriptPeer): Promise<void> {
  try {
    const run = new ScenarioRun(scenario, peer);
    await peer.connect();
    for (const step of scenario.steps) await run.play(step);
    await run.nothingLeft();
  } finally {
    await peer.end();
  }
}

class ScenarioRun {
  private readonly variables: Variables = new Map();
  private readonly labels = new Map<string, readonly Field[]>();
  private readonly history: string[] = [];
  private readonly scenario: Scenario;
  private readonly peer: ScriptPeer;
  private held: Heard | null = null;

  constructor(scenario: Scenario, peer: ScriptPeer) {
    this.scenario = scenario;
    this.peer = peer;
    this.variables.set('heartbeat', scenario.options.get('heartbeat') ?? '30');
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'expect':
      case 'expect-resend':
        return this.expectMessage(step);
      case 'allow': {
        this.held ??= await this.peer.during(ALLOWED_MS);
        if (this.held.kind === 'silence') this.held = null;
        else if (this.held.kind === 'message') {
          const fields = readMessage(this.held.wire);
          if (matchFields(fields, this.fill(step.pattern), this.variables) === null) this.held = null;
        }
        return;
      }
      case 'expect-disconnect': {
        const heard = await this.hear();
        if (heard.kind !== 'closed') throw this.fault(step, 'the engine closes the connection', heard);
        if (step.reason !== null && heard.reason !== null && heard.reason !== step.reason) {
          throw this.fault(step, `the engine closes the connection for ${step.reason}`, heard);
        }
        return;
      }
      case 'inject':
        return this.send(
          buildMessage(readFields(this.fill(step.text)), {
            sender: PEER_COMP_ID,
            target: ENGINE_COMP_ID,
            sendingTime: utcTimestamp(this.peer.nowMs()),
          }),
        );
      case 'raw':
        return this.send(buildRaw(this.fill(step.text)));
      case 'advance':
        return this.peer.advance(step.ms);
      case 'quiet': {
        const heard = this.held ?? (await this.peer.during(step.ms));
        if (heard.kind !== 'silence') throw this.fault(step, `nothing for ${step.ms} ms`, heard);
        return;
      }
      case 'disconnect':
        return this.peer.close();
      case 'connect':
        return this.peer.connect();
      case 'crash':
        return this.peer.crash();
      case 'operator':
        return this.peer.operator(step.action);
      case 'noted':
        if ((await this.peer.logged()).includes(step.text)) return;
        throw new Error(`${this.scenario.file}:${step.line}\n  the operator is not told: ${step.text}`);
      case 'never-logged': {
        const logged = await this.peer.logged();
        const at = logged.indexOf(step.text);
        if (at < 0) return;
        throw new Error(
          `${this.scenario.file}:${step.line}\n  must not be logged: ${printable(logged.slice(Math.max(0, at - 120), at + 60))}`,
        );
      }
      default:
        throw new Error(`no such step: ${JSON.stringify(step satisfies never)}`);
    }
  }

  /** A message that no line expected is a failure too. */
  async nothingLeft(): Promise<void> {
    const heard = this.held ?? (await this.peer.during(50));
    if (heard.kind === 'message') throw new Error(`${this.scenario.file}: at the end the engine sent ${printable(heard.wire)}`);
  }

  private async expectMessage(step: Extract<Step, { kind: 'expect' | 'expect-resend' }>): Promise<void> {
    const pattern = this.fill(step.pattern);
    const heard = await this.hear();
    const what = step.kind === 'expect' ? pattern : `the resend of @${step.label} ${pattern}`;
    if (heard.kind !== 'message') throw this.fault(step, what, heard);
    const fields = readMessage(heard.wire);
    const problem =
      matchFields(fields, `49=${ENGINE_COMP_ID}|56=${PEER_COMP_ID}`, this.variables) ??
      (step.kind === 'expect'
        ? (step.exact ? matchExactly : matchFields)(fields, pattern, this.variables)
        : (matchFields(fields, pattern, this.variables) ?? matchResend(fields, this.labels.get(step.label) ?? [])));
    if (problem !== null) throw this.fault(step, what, heard, problem);
    if (step.kind === 'expect' && step.label !== null) this.labels.set(step.label, fields);
  }

  private async hear(): Promise<Heard> {
    const heard = this.held ?? (await this.peer.next());
    this.held = null;
    if (heard.kind === 'message') this.history.push(`< ${printable(heard.wire)}`);
    return heard;
  }

  private send(wire: string): void {
    this.history.push(`> ${printable(wire)}`);
    this.peer.write(wire);
  }

  /** Puts in $now, $now+121s, $now-10s and captured values. */
  private fill(text: string): string {
    return text.replace(/\$([a-z][a-z0-9]*)(?:([+-]\d+)s)?/g, (whole, name: string, shift: string | undefined) => {
      if (name === 'len' || name === 'sum') return whole;
      if (name === 'now') return utcTimestamp(this.peer.nowMs() + Number(shift ?? 0) * 1000);
      const value = this.variables.get(name);
      if (value === undefined) throw new Error(`${this.scenario.file}: $${name} has no value yet`);
      return value;
    });
  }

  private fault(step: Step, wanted: string, heard: Heard, problem = ''): Error {
    const got =
      heard.kind === 'message'
        ? printable(heard.wire)
        : heard.kind === 'closed'
          ? `the connection closed${heard.reason === null ? '' : ` (${heard.reason})`}`
          : 'nothing';
    const why = problem === '' ? '' : `\n  because   ${problem}`;
    const so = this.history.map((line) => `    ${line}`).join('\n');
    return new Error(`${this.scenario.file}:${step.line}\n  expected  ${wanted}\n  got       ${got}${why}\n  so far\n${so}`);
  }
}
