import { DictionaryValidator } from 'jspurefix/dist/dictionary/parser/quickfix/dictionary-validator.js';
import { SaxTreeBuilder } from 'jspurefix/dist/dictionary/parser/quickfix/sax-tree-builder.js';
import type { XDocument, XNode } from 'jspurefix/dist/dictionary/parser/quickfix/x-element.js';
import { Dictionary } from './dictionary.ts';
import { type ComponentSpec, DictionaryError, type DictionarySpec, type FieldSpec, type MemberSpec } from './dictionary-spec.ts';

/**
 * QuickFIX XML to a dictionary spec: jspurefix's XML tree and dictionary checks, imported deep, since its graph parser drags in 100 MB of
 * its session layer. Import this module dynamically; the standard dictionary does without it.
 * Throws DictionaryError, naming line and element at fault, when the XML is not a consistent dictionary.
 */
export function specFromXml(xml: string): DictionarySpec {
  const document = readDocument(xml);
  const root = document.root;
  const tags = new Map<string, number>();
  const fields: FieldSpec[] = [];
  for (const element of section(document, 'fields').elements('field')) {
    const name = nameOf(element);
    const tag = Number(element.attribute('number'));
    tags.set(name, tag);
    const enumeration = element
      .elements('value')
      .flatMap((value) => [value.attribute('enum') ?? '', value.attribute('description') ?? '']);
    fields.push([tag, name, (element.attribute('type') ?? 'STRING').toUpperCase(), ...enumeration]);
  }
  const members = (parent: XNode): MemberSpec[] => parent.elements().flatMap((child) => member(child, tags, members));
  const components: ComponentSpec[] = (document.firstDescendant('components')?.elements('component') ?? []).map(
    (element): ComponentSpec => [nameOf(element), members(element)],
  );
  return {
    beginString: `${root.attribute('type') ?? 'FIX'}.${root.attribute('major') ?? ''}.${root.attribute('minor') ?? ''}`,
    fields,
    components,
    header: members(section(document, 'header')),
    trailer: members(section(document, 'trailer')),
    messages: section(document, 'messages')
      .elements('message')
      .map((element) => [
        element.attribute('msgtype') ?? '',
        nameOf(element),
        element.attribute('msgcat') === 'admin' ? 1 : 0,
        members(element),
      ]),
  };
}

/** Dictionary of an LP's own dialect from QuickFIX XML text. Throws DictionaryError as `specFromXml`. */
export function compileDictionary(xml: string): Dictionary {
  return new Dictionary(specFromXml(xml));
}

function readDocument(xml: string): XDocument {
  try {
    const document = SaxTreeBuilder.parse(xml);
    const validator = new DictionaryValidator();
    validator.validate(document);
    validator.throwIfErrors();
    return document;
  } catch (error) {
    // Without the character at fault: the file may be another than whoever named it should see.
    const what = (error instanceof Error ? error.message : String(error)).replace(/\nLine: \d+\nColumn: \d+\nChar: .*/s, '');
    throw new DictionaryError(`Not a QuickFIX data dictionary: ${what}`);
  }
}

function section(document: XDocument, name: string): XNode {
  const node = document.firstDescendant(name);
  if (node === undefined) throw new DictionaryError(`Not a QuickFIX data dictionary: no <${name}> section`);
  return node;
}

function nameOf(element: XNode): string {
  const name = element.attribute('name');
  if (name === undefined || name === '') {
    throw new DictionaryError(`<${element.name}> at line ${element.line ?? '?'} has no name`);
  }
  return name;
}

function member(element: XNode, tags: ReadonlyMap<string, number>, members: (parent: XNode) => MemberSpec[]): MemberSpec[] {
  const required = element.attribute('required') === 'Y';
  const tagOf = (): number => {
    const name = nameOf(element);
    const tag = tags.get(name);
    if (tag === undefined) {
      throw new DictionaryError(`<${element.name} name='${name}'> at line ${element.line ?? '?'} names no field of <fields>`);
    }
    return required ? -tag : tag;
  };
  switch (element.name) {
    case 'field':
      return [tagOf()];
    case 'group':
      return [[tagOf(), members(element)]];
    case 'component':
      return [`${required ? '!' : ''}${nameOf(element)}`];
    default:
      throw new DictionaryError(
        `<${element.name}> at line ${element.line ?? '?'} has no meaning in a message, group or component`,
      );
  }
}
