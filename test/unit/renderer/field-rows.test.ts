import { expect, test } from 'vitest';
import type { DecodedField } from '../../../main/contracts/fix-message.ts';
import { rowsOf } from '../../../renderer/store/field-rows.ts';

const field = (tag: number, entries: DecodedField['entries'] = null): DecodedField => ({
  tag,
  name: `F${tag}`,
  value: 'x',
  meaning: null,
  section: 'body',
  entries,
});

test('groups are lines under the field that counts them, each entry with its place', () => {
  const rows = rowsOf([field(55), field(268, [[field(269), field(453, [[field(448)]])], [field(269)]]), field(10)]);
  const shown = rows.map((row) => `${' '.repeat(row.depth)}${row.kind === 'entry' ? row.text : row.field.tag}`);
  expect(shown).toEqual(['55', '268', ' 1 of 2', ' 269', ' 453', '  1 of 1', '  448', ' 2 of 2', ' 269', '10']);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});
