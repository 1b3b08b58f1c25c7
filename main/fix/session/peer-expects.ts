/** What a part of a refusal is to its reading. `other` is what else may be expected: another field, a version, an interval. */
type Kind =
  | 'expect'
  | 'seq'
  | 'next'
  | 'other'
  | 'received'
  | 'than'
  | 'not'
  | 'about'
  | 'of'
  | 'filler'
  | 'mark'
  | 'colon'
  | 'number'
  | 'word'
  | 'end';

interface Token {
  readonly kind: Kind;
  /** Of a number. */
  readonly value: number;
}

/** The highest that an operator can set. */
const MAX_SEQ_NUM = 2 ** 31;
/** Characters that are read: a refusal is a sentence, and what a peer sends has no end. */
const MAX_TEXT = 2_000;

/** Tags, words, negative numbers, numbers that stand alone, what has digits otherwise (versions, times), and the rest one by one. */
const LEXEMES =
  /tag\s*#?\d+|at\s+least|[A-Za-z_]+(?:'t)?|(?<=^|[\s(=:])-\d\S*|#?(?<![\w.])\d+(?:,\d{3})*(?![\w%]|[.:/-]\d|,\d)|\d[\w.:/%,-]*|[.;!?](?=\s|$)|\n|\S/gi;
const NUMBER = /^#?\d+(?:,\d{3})*$/;

/** What such a word follows is no sequence number: `expected back in 15 minutes`, `expected 3 more`, `should be 1 when …`. */
const UNIT =
  /^\s*(?:s|secs?|seconds?|ms|millis\w*|mins?|minutes?|h|hrs?|hours?|days?|weeks?|utc|gmt|[ap]m|percent|bytes?|chars?|characters?|digits?|fields?|messages|msgs|times|more|retries|attempts|sessions?|connections?|if|when|unless)\b/i;

const WORDS: readonly (readonly [Kind, RegExp])[] = [
  ['expect', /^(?:expect(?:s|ed|ing)?|exp|should|awaiting|want(?:s|ed)?)$/],
  ['received', /^(?:receive[ds]?|rcvd|recv|got|gets|actual|found|came|obtained|sent|but|instead)$/],
  ['than', /^(?:than|then)$/],
  ['not', /^(?:not|never|cannot|\w+n't)$/],
  ['about', /^(?:at|for|in|with|by|on|from)$/],
  ['of', /^of$/],
  [
    'filler',
    /^(?:an?|the|is|was|are|were|be|been|being|have|has|to|it|value|next|numbers?|num|no|nr|msg|message|incoming|inbound|equals?|you|your)$/,
  ],
  [
    'other',
    /^(?:\w*(?:checksum|compid|subid|heartbt\w*|heartbeats?|msgtype|time|length)|version|protocol|password|interval|price|qty|quantity)$/,
  ],
];

/**
 * The MsgSeqNum that the peer says it expects from us; null when its text does not speak of the sequence number, or names none without
 * doubt: a wrong number that is offered does more harm than one that has to be asked for.
 */
export function peerExpects(text: string): number | null {
  const whole = text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT).replace(/[\d,]+$/, '');
  // "Expected/Received = 12/7"
  const tokens = read(whole.replace(/(expected)\s*\/\s*(received)\s*[=:]\s*(\d+)\s*\/\s*(\d+)/i, '$1 $3 $2 $4'));
  const found = new Set<number>();
  tokens.forEach(({ kind }, at) => {
    const value = kind === 'expect' ? expectedAt(tokens, at) : kind === 'next' ? statedAt(tokens, at) : null;
    if (value !== null) found.add(value);
  });
  const [only] = found;
  return found.size === 1 && only !== undefined && only >= 1 && only <= MAX_SEQ_NUM ? only : null;
}

function read(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(LEXEMES)) {
    const rest = text.slice(match.index + match[0].length);
    tokens.push(...tokensOf(match[0], rest, tokens));
  }
  return tokens;
}

const plain = (kind: Kind): Token => ({ kind, value: 0 });

function tokensOf(lexeme: string, rest: string, before: readonly Token[]): readonly Token[] {
  const tag = /^tag\s*#?(\d+)$/i.exec(lexeme);
  if (tag !== null) return [plain(fieldOf(Number(tag[1])))];
  if (/^at\s/i.test(lexeme)) return [plain('filler')];
  if (NUMBER.test(lexeme)) return [numberOf(lexeme, rest, before)];
  if (/^[A-Za-z_]/.test(lexeme)) return wordOf(lexeme);
  if (/^[\n.;!?|]$/.test(lexeme)) return [plain('end')];
  if (/^[:=]$/.test(lexeme)) return [plain('colon')];
  if (/^[()[\]{}'"`“”#-]$/.test(lexeme) || (lexeme === '<' && /^\d+>/.test(rest)) || lexeme === '>') return [plain('mark')];
  return [plain('word')];
}

const fieldOf = (tag: number): Kind => (tag === 34 ? 'seq' : tag === 789 ? 'next' : 'other');

/** In brackets after the name of a field, and before `=`, a number is a tag. */
function numberOf(lexeme: string, rest: string, before: readonly Token[]): Token {
  const value = Number(lexeme.replaceAll(/[#,]/g, ''));
  const name =
    before.at(-1)?.kind === 'mark' && /^\s*[)\]}>]/.test(rest) ? before[back(before, before.length - 2, ['filler'])] : null;
  const isTag =
    name?.kind === 'other' ||
    (name?.kind === 'seq' && value === 34) ||
    (name?.kind === 'next' && value === 789) ||
    /^=\d/.test(rest);
  if (isTag) return plain(fieldOf(value));
  return UNIT.test(rest) ? plain('word') : { kind: 'number', value };
}

function wordOf(word: string): readonly Token[] {
  const name = word.toLowerCase().replaceAll('_', '');
  if (name === 'nextexpectedmsgseqnum') return [plain('next')];
  if (/seq(?:uence)?(?:$|n)/.test(name) && !name.startsWith('conseq')) {
    // NewSeqNo(36), RefSeqNum(45), LastMsgSeqNumProcessed(369), ResetSeqNumFlag(141) and their kin are other fields.
    if (/^(?:new|begin|end|ref|reset)seq|processed$/.test(name)) return [plain('other')];
    return /(?<!un)expect/.test(name) ? [plain('expect'), plain('seq')] : [plain('seq')];
  }
  // Said of a message whose number is too low.
  if (name.startsWith('possdup')) return [plain('word')];
  const known = WORDS.find(([, pattern]) => pattern.test(name));
  if (known !== undefined) return [plain(known[0])];
  // A name in the way of FIX: BeginString, EncryptMethod.
  return [plain(/[a-z][A-Z]/.test(word) ? 'other' : 'word')];
}

/** The number of `expecting … N` or of `N … expected`, where the sequence number is what is expected. */
function expectedAt(tokens: readonly Token[], at: number): number | null {
  const before = back(tokens, at - 1, ['filler', 'mark']);
  if (tokens[before]?.kind === 'not') return null;
  const after = ahead(tokens, at);
  if (!after.some(({ kind }) => kind === 'seq') && !isSubject(tokens, at)) return null;
  const following = numberIn(after);
  const preceding = tokens[before]?.kind === 'number' && !saysReceived(tokens, before) ? (tokens[before]?.value ?? null) : null;
  // `12 expected, 7 received`, and without the comma.
  if (preceding !== null && (following === null || tokens[at + after.length + 1]?.kind === 'received')) return preceding;
  // `less than expected: 7` may say what came; `7 is less than expected: 12` does not.
  const compared = tokens[before]?.kind === 'than' && after.some(({ kind }) => kind === 'colon');
  return compared && !tokens.slice(0, at).some(({ kind }) => kind === 'number') ? null : following;
}

/** `NextExpectedMsgSeqNum(789)=12` beside a complaint about the sequence number; what is wrong with 789 itself concerns the peer's messages. */
function statedAt(tokens: readonly Token[], at: number): number | null {
  const after = ahead(tokens, at);
  const end = tokens[at + after.length + 1]?.kind ?? 'end';
  return end === 'end' && tokens.slice(0, at).some(({ kind }) => kind === 'seq') ? numberIn(after) : null;
}

const AHEAD: readonly Kind[] = ['filler', 'of', 'mark', 'colon', 'seq'];

/** What follows, up to and with a number, or up to what shows that none is meant. */
function ahead(tokens: readonly Token[], at: number): readonly Token[] {
  let end = at + 1;
  while (AHEAD.includes(tokens[end]?.kind ?? 'end')) end += 1;
  return tokens.slice(at + 1, tokens[end]?.kind === 'number' ? end + 1 : end);
}

function numberIn(after: readonly Token[]): number | null {
  const last = after.at(-1);
  return last?.kind === 'number' ? last.value : null;
}

/** The place before `from` that is of none of these kinds; −1 for none. */
function back(tokens: readonly Token[], from: number, over: readonly Kind[]): number {
  let at = from;
  while (at >= 0 && over.includes(tokens[at]?.kind ?? 'end')) at -= 1;
  return at;
}

const saysReceived = (tokens: readonly Token[], at: number): boolean =>
  tokens[back(tokens, at - 1, ['filler', 'mark', 'colon', 'seq'])]?.kind === 'received';

const namesField = ({ kind }: Token): boolean => kind === 'seq' || kind === 'other' || kind === 'next';

/** Whether what is expected is the sequence number: the field named last before decides, the one named next where none was. */
function isSubject(tokens: readonly Token[], at: number): boolean {
  const named = tokens.flatMap((token, n) => (n < at && namesField(token) ? [n] : [])).reverse();
  for (const n of named) {
    if (tokens[n]?.kind !== 'seq') return false;
    // `Invalid CheckSum in message with MsgSeqNum 5`: what is wrong stands before.
    const by = tokens[back(tokens, n - 1, ['filler', 'mark'])]?.kind;
    if (by !== 'about' && by !== 'of') return true;
  }
  return named.length > 0 || tokens.slice(at + 1).find(namesField)?.kind === 'seq';
}
