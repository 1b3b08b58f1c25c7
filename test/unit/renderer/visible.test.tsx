import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { visible } from '../../../renderer/store/visible.ts';

const code = (n: number): string => String.fromCodePoint(n);

describe('text of a peer or a person', () => {
  it('has a symbol for every control character', () => {
    for (let n = 0; n < 0x20; n += 1) expect(visible(`a${code(n)}b`)).toBe(`a${code(0x2400 + n)}b`);
    expect(visible('\u007f')).toBe('␡');
    for (let n = 0x80; n < 0xa0; n += 1) expect(visible(code(n))).toBe(`⟨U+${n.toString(16).toUpperCase().padStart(4, '0')}⟩`);
  });

  it('has the code of everything that turns or hides what stands around it', () => {
    const unseen = [
      0x00ad, 0x034f, 0x061c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c,
      0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0x206f, 0x3164, 0xfe0f, 0xfeff, 0xfff9, 0xe0041,
    ];
    for (const n of unseen) expect(visible(`a${code(n)}b`)).toBe(`a⟨U+${n.toString(16).toUpperCase().padStart(4, '0')}⟩b`);
  });

  it('has the value of a byte that was no UTF-8', () => {
    expect(visible('a\udc9b\udcffb\ud800')).toBe('a⟨x9B⟩⟨xFF⟩b⟨U+D800⟩');
  });

  it('is itself where all of it is seen', () => {
    const plain = 'Zürich 4 310 – “no” … 日本 😀 \u202f';
    expect(visible(plain)).toBe(plain);
  });
});

describe('everything on the screen', () => {
  const forged = 'ok\u001b[2J\u202eDESSAP\n';
  const seen = 'ok␛[2J⟨U+202E⟩DESSAP␊';

  it('is visible text, in elements, lists of them and attributes, without its component doing anything for it', () => {
    const Part = ({ text }: { readonly text: string }) => <b title={text}>{text}</b>;
    const markup = renderToStaticMarkup(
      <>
        <Part text={forged} />
        <section aria-label={forged}>
          before {forged} <i>{[forged, [forged]]}</i>
        </section>
      </>,
    );
    expect(markup).toBe(
      `<b title="${seen}">${seen}</b><section aria-label="${seen}">before ${seen} <i>${seen}${seen}</i></section>`,
    );
  });

  it('leaves what is edited as it is', () => {
    expect(renderToStaticMarkup(<input readOnly value={forged} />)).toContain('\u202e');
  });
});
