import type { DecodedField } from '../../main/contracts/fix-message.ts';

/** One line of a decoded message: a field, or the head of a group entry. */
export type FieldRow =
  | { readonly kind: 'field'; readonly key: string; readonly depth: number; readonly field: DecodedField }
  | { readonly kind: 'entry'; readonly key: string; readonly depth: number; readonly text: string };

/** The tree of a message as lines, groups indented under the field that counts them. */
export function rowsOf(fields: readonly DecodedField[], depth = 0, path = ''): readonly FieldRow[] {
  return fields.flatMap((field, index): FieldRow[] => {
    const key = `${path}${index}`;
    const entries = (field.entries ?? []).flatMap((entry, n, all): FieldRow[] => [
      { kind: 'entry', key: `${key}.${n}`, depth: depth + 1, text: `${n + 1} of ${all.length}` },
      ...rowsOf(entry, depth + 1, `${key}.${n}.`),
    ]);
    return [{ kind: 'field', key, depth, field }, ...entries];
  });
}
