import { describe, expect, it } from 'vitest';
import { Dictionary } from '../../../../main/fix/codec/dictionary.ts';
import { FIX44_SPEC } from '../../../../main/fix/codec/fix44.generated.ts';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { KnownShapes } from '../../../../main/fix/codec/known-shapes.ts';
import { MessageView } from '../../../../main/fix/codec/message-view.ts';
import { wire } from '../../../support/fix-wire.ts';

const dictionary = fix44();

function viewOf(text: string): MessageView {
  const view = new MessageView(dictionary);
  const bytes = wire(text);
  view.parse(bytes, 0, bytes.length);
  return view;
}

/** Whether `other` is accepted once `learned` is known. */
function accepted(learned: string, other: string): boolean {
  const shapes = new KnownShapes();
  shapes.learn(viewOf(learned), dictionary);
  return shapes.accepts(viewOf(other), dictionary);
}

/** Any value, float, unsigned, enumerated, count, and what needs its whole rule: time, Boolean, several values, integer. */
const MESSAGE = '35=D|34=7|58=text|44=1.5|54=1|453=2|448=A|448=B|60=20260130-09:30:00|43=N|18=1 G|210=5|108=30|95=3|96=a|b|';

describe('a shape', () => {
  it('is not known before it was learned', () => {
    const shapes = new KnownShapes();
    expect(shapes.accepts(viewOf(MESSAGE), dictionary)).toBe(false);
    shapes.learn(viewOf(MESSAGE), dictionary);
    expect(shapes.accepts(viewOf(MESSAGE), dictionary)).toBe(true);
  });

  it.each([
    ['34=7', '34=800'],
    ['58=text', '58=12 other, words'],
    ['44=1.5', '44=-.25'],
    ['54=1', '54=2'],
    ['453=2', '453=02'],
    ['448=B', '448=C'],
    ['60=20260130-09:30:00', '60=20260131-23:59:59.123'],
    ['43=N', '43=Y'],
    ['18=1 G', '18=6'],
    ['108=30', '108=-1'],
    ['96=a|b', '96=c|d'],
  ])('is the same with %s as %s', (from, to) => {
    expect(accepted(MESSAGE, MESSAGE.replace(from, to))).toBe(true);
  });

  it.each([
    ['34=7', '34=7x'],
    ['34=7', '34=-7'],
    ['58=text', '58='],
    ['44=1.5', '44=1,5'],
    ['44=1.5', '44='],
    ['54=1', '54=~'],
    ['453=2', '453=1'],
    ['453=2', '453=12'],
    ['453=2', '453=20'],
    ['453=2', '453=2x'],
    ['453=2', '453=/R'],
    ['60=20260130-09:30:00', '60=20260130'],
    ['43=N', '43=n'],
    ['18=1 G', '18=1 ~'],
    ['108=30', '108=3.0'],
    ['95=3', '95=2'],
    ['58=text', '59=text'],
    ['96=a|b|', '97=Y|'],
    ['35=D', '36=D'],
    ['54=1|453=2', '453=2|54=1'],
    ['108=30|', ''],
    ['108=30|', '108=30|112=x|'],
  ])('is not accepted with %s as %s', (from, to) => {
    expect(accepted(MESSAGE, MESSAGE.replace(from, to))).toBe(false);
  });

  it('has a MsgType: AD falls into the place of D', () => {
    expect(accepted('35=D|58=x|', '35=D|58=y|')).toBe(true);
    expect(accepted('35=D|58=x|', '35=AD|58=x|')).toBe(false);
  });

  it('has a number of fields: 64 more fall into the same place', () => {
    const fields = (count: number): string => `35=D|${'58=x|'.repeat(count - 1)}`;
    expect(accepted(fields(70), fields(70))).toBe(true);
    expect(accepted(fields(70), fields(6))).toBe(false);
    expect(accepted(fields(6), fields(70))).toBe(false);
  });

  it('has a dictionary', () => {
    const shapes = new KnownShapes();
    shapes.learn(viewOf(MESSAGE), dictionary);
    expect(shapes.accepts(viewOf(MESSAGE), new Dictionary(FIX44_SPEC))).toBe(false);
  });

  it('has data that ends where its length says, in the first field too', () => {
    expect(accepted('95=3|96=abc|58=x|', '95=3|96=a|c|58=x|')).toBe(true);
    expect(accepted('95=3|96=abc|58=x|', '95=9|96=abc|58=x|')).toBe(false);
    expect(accepted('58=x|95=3|96=abc|', '58=x|95=9|96=abc|')).toBe(false);
  });

  it('is learned for up to 256 fields', () => {
    const fields = (count: number): string => `35=D|${'58=x|'.repeat(count - 1)}`;
    expect(accepted(fields(256), fields(256))).toBe(true);
    expect(accepted(fields(257), fields(257))).toBe(false);
  });

  it('has user tags that no dictionary knows', () => {
    expect(accepted('35=D|6000=x|9999=y|', '35=D|6000=z|9999=w|')).toBe(true);
    expect(accepted('35=D|6000=x|9999=y|', '35=D|6000=|9999=w|')).toBe(false);
  });

  it('gives way to the next one in its place', () => {
    const shapes = new KnownShapes();
    for (const text of ['35=D|58=x|', '35=D|55=x|']) shapes.learn(viewOf(text), dictionary);
    expect(shapes.accepts(viewOf('35=D|55=y|'), dictionary)).toBe(true);
    expect(shapes.accepts(viewOf('35=D|58=y|'), dictionary)).toBe(false);
  });
});
