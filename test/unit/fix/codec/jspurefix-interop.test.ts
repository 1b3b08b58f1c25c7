import { createRequire } from 'node:module';
import type { MsgView } from 'jspurefix/dist/buffer/msg-view.js';
import type { IJsFixConfig } from 'jspurefix/dist/config/js-fix-config.js';
import type { ISessionDescription } from 'jspurefix/dist/transport/session/session-description.js';
import { expect, it } from 'vitest';
import { FIX44_SPEC } from '../../../../main/fix/codec/fix44.generated.ts';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { type DecodedField, decodeMessage } from '../../../../main/fix/codec/inspect.ts';
import { MessageView } from '../../../../main/fix/codec/message-view.ts';
import { header, message, wire } from '../../../support/fix-wire.ts';
import { MessageGenerator } from '../../../support/generated-message.ts';

const require = createRequire(import.meta.url);
createRequire(require.resolve('jspurefix/package.json'))('reflect-metadata');
const { AsciiParser } = await import('jspurefix/dist/buffer/ascii/ascii-parser.js');
const { EmptyLogFactory } = await import('jspurefix/dist/config/empty-log-factory.js');
const { DITokens } = await import('jspurefix/dist/runtime/di-tokens.js');
const { SessionContainer } = await import('jspurefix/dist/runtime/session-container.js');
const { makeSessionScope } = await import('jspurefix/dist/runtime/session-scope.js');

/** jspurefix's parser as one of its acceptors has it; the session description says no more than its types ask for. */
async function jspurefixParser(): Promise<InstanceType<typeof AsciiParser>> {
  const description = {
    application: {
      name: 'interop',
      type: 'acceptor',
      protocol: 'ascii',
      dictionary: require.resolve('jspurefix/data/FIX44.xml'),
    },
    Name: 'interop',
    SenderCompId: 'DESK',
    TargetCompID: 'LP',
    BeginString: 'FIX.4.4',
    HeartBtInt: 30,
  };
  const container = new SessionContainer();
  container.registerGlobal(new EmptyLogFactory());
  const system = await container.makeSystem(description as unknown as ISessionDescription);
  const scope = makeSessionScope(system.resolve<IJsFixConfig>('IJsFixConfig'));
  const buffer = scope.sessionContainer.resolve<ConstructorParameters<typeof AsciiParser>[2]>(DITokens.ParseBuffer);
  return new AsciiParser(scope, null, buffer, 1_000_000);
}

const parser = await jspurefixParser();

/** What jspurefix makes of one message: its fields in order, and the object it builds. */
function theirs(text: string): { fields: string[]; object: Record<string, unknown> } {
  let result: { fields: string[]; object: Record<string, unknown> } | undefined;
  const read = (_type: string, view: MsgView): void => {
    const values = view.getStrings() ?? [];
    const fields = values.map((value, i) => `${view.structure?.tags.tagPos[i]?.tag}=${value}`);
    result = { fields, object: view.toObject() as Record<string, unknown> };
  };
  parser.once('msg', read);
  parser.parseBuffer(wire(text));
  parser.off('msg', read);
  if (result === undefined) throw new Error(`jspurefix found no message in ${text}`);
  return result;
}

function ours(text: string): string[] {
  const view = new MessageView(fix44());
  const bytes = wire(text);
  view.parse(bytes, 0, bytes.length);
  return Array.from({ length: view.count }, (_, i) => `${view.tags[i]}=${view.valueString(i)}`);
}

/** A repeatable stream of choices. */
function picks(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % n;
  };
}

it.each(FIX44_SPEC.messages.map(([msgType, name, , members]) => ({ msgType, name, members })))(
  '$msgType $name: jspurefix sees the same fields',
  ({ msgType, members }) => {
    for (let seed = 1; seed <= 5; seed++) {
      const body = new MessageGenerator(FIX44_SPEC, picks(seed)).members(members, 4);
      // jspurefix reads data as a string only up to the first SOH in it.
      const fields = body.map(([tag, value]) => `${tag}=${value.replaceAll('|', '_')}|`);
      const text = message(`${header(msgType, 7)}${fields.join('')}`);
      expect(ours(text)).toEqual(theirs(text).fields);
    }
  },
);

it('builds the same groups', () => {
  const text = message(`${header('W', 7)}262=R|55=EUR/USD|268=2|269=0|270=1.5|271=1000000|269=1|270=2.5|290=3|`);
  const groups = decodeMessage(wire(text), fix44()).fields.find(({ tag }) => tag === 268)?.entries ?? [];
  const named = (fields: readonly DecodedField[]) => Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  const expected = theirs(text).object['MDFullGrp'] as { NoMDEntries: Record<string, unknown>[] };
  expect(groups.map(named)).toEqual(
    expected.NoMDEntries.map((fields) =>
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
    ),
  );
});
