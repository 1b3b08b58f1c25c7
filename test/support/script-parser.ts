/** One line of a conformance script; `line` is its number in the file, for messages. */
export type Step = { readonly line: number } & (
  | { readonly kind: 'expect'; readonly pattern: string; readonly exact: boolean; readonly label: string | null }
  | { readonly kind: 'allow'; readonly pattern: string }
  | { readonly kind: 'expect-resend'; readonly label: string; readonly pattern: string }
  | { readonly kind: 'expect-disconnect'; readonly reason: string | null }
  | { readonly kind: 'inject'; readonly text: string }
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'quiet'; readonly ms: number }
  | { readonly kind: 'disconnect' | 'connect' | 'crash' }
  | { readonly kind: 'operator'; readonly action: string }
  | { readonly kind: 'never-logged' | 'noted'; readonly text: string }
);

export interface Scenario {
  /** Number of the standard's test case as in `2 c`, or `-`. */
  readonly number: string;
  readonly title: string;
  readonly file: string;
  readonly options: ReadonlyMap<string, string>;
  /** Where it can be run: what only the core can show says so, with its reason in a comment. */
  readonly on: readonly ('core' | 'tcp')[];
  readonly steps: readonly Step[];
}

const LOGON_STEPS = ['expect 35=A|34=1|98=0', 'inject 35=A|34=1|98=0|108=$heartbeat'];

/**
 * Reads a script file. Syntax, one per line, `#` starts a comment line:
 *   let NAME fields          text that $NAME stands for in the lines below
 *   option name value        engine option; above the first scenario it holds for the whole file
 *   scenario NUMBER: title   starts a scenario, which begins with a connected transport
 *   only core|tcp            this scenario runs on one of the two
 *   logged on                expect our Logon, inject the peer's
 *   expect [@label] fields   the next message from the engine matches; label keeps it for expect-resend
 *   expect-exactly fields    and has no other body fields, in this order
 *   allow fields             if the next message matches, it is let through; it need not come
 *   expect-resend @label     the next message is a resend of that one, field by field
 *   expect-disconnect [code] the engine closes the connection
 *   inject fields | raw text what the peer sends
 *   quiet 300 ms             nothing is sent meanwhile
 *   advance 36 s             time passes
 *   disconnect, connect      the peer closes; the next connection is up
 *   crash                    the engine dies without warning and is started again
 *   operator action          what the operator does: logout, reset …
 *   noted text               the operator is told so
 *   never-logged text        stands in no log, note or report
 * Throws naming file and line of what it does not understand.
 */
export function parseScript(file: string, text: string): Scenario[] {
  const lets = new Map<string, string>();
  const fileOptions = new Map<string, string>();
  const scenarios: Scenario[] = [];
  let current: { number: string; title: string; options: Map<string, string>; on: ('core' | 'tcp')[]; steps: Step[] } | null =
    null;

  const lines = text.split('\n').flatMap((raw, index) => {
    const body = raw.trim();
    const line = index + 1;
    if (body === 'logged on') return LOGON_STEPS.map((step) => ({ body: step, line }));
    return body === '' || body.startsWith('#') ? [] : [{ body, line }];
  });
  for (const { body: unexpanded, line } of lines) {
    const fault = (why: string): Error => new Error(`${file}:${line}: ${why}: ${unexpanded}`);
    const body = unexpanded.replace(/\$([A-Z_]+)/g, (_, name: string) => {
      const value = lets.get(name);
      if (value === undefined) throw fault(`$${name} is not set`);
      return value;
    });
    const space = body.indexOf(' ');
    const word = space < 0 ? body : body.slice(0, space);
    const rest = space < 0 ? '' : body.slice(space + 1).trim();
    if (word === 'let' || word === 'option') {
      const [name = '', ...value] = rest.split(' ');
      if (word === 'let') lets.set(name, value.join(' ').trim());
      else (current?.options ?? fileOptions).set(name, value.join(' ').trim());
    } else if (word === 'scenario') {
      const colon = rest.indexOf(':');
      if (colon < 0) throw fault('a scenario is "NUMBER: title"');
      current = {
        number: rest.slice(0, colon).trim(),
        title: rest.slice(colon + 1).trim(),
        options: new Map(fileOptions),
        on: ['core', 'tcp'],
        steps: [],
      };
      scenarios.push({ ...current, file });
    } else if (current === null) {
      throw fault('this stands before the first scenario');
    } else if (word === 'only') {
      if (rest !== 'core' && rest !== 'tcp') throw fault('only core, or only tcp');
      current.on.splice(0, 2, rest);
    } else {
      const step = parseStep(word, rest, line);
      if (step === null) throw fault('not a step');
      current.steps.push(step);
    }
  }
  return scenarios;
}

function parseStep(word: string, rest: string, line: number): Step | null {
  switch (word) {
    case 'expect':
    case 'expect-exactly': {
      const label = /^@(\S+)\s+/.exec(rest);
      const pattern = label === null ? rest : rest.slice(label[0].length);
      return { line, kind: 'expect', pattern, exact: word === 'expect-exactly', label: label?.[1] ?? null };
    }
    case 'allow':
      return { line, kind: 'allow', pattern: rest };
    case 'expect-resend': {
      const match = /^@(\S+)\s*(.*)$/.exec(rest);
      return match === null ? null : { line, kind: 'expect-resend', label: match[1] ?? '', pattern: match[2] ?? '' };
    }
    case 'expect-disconnect':
      return { line, kind: 'expect-disconnect', reason: rest === '' ? null : rest };
    case 'inject':
      return { line, kind: 'inject', text: rest };
    case 'raw':
      return { line, kind: 'raw', text: rest };
    case 'advance':
    case 'quiet': {
      const ms = duration(rest);
      return ms === null ? null : { line, kind: word, ms };
    }
    case 'disconnect':
    case 'connect':
    case 'crash':
      return { line, kind: word };
    case 'operator':
      return { line, kind: 'operator', action: rest };
    case 'never-logged':
    case 'noted':
      return { line, kind: word, text: rest };
    default:
      return null;
  }
}

/** `300 ms`, `36 s` in milliseconds; null when it is neither. */
function duration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) (ms|s)$/.exec(text);
  return match === null ? null : Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}
