import { expect, test } from 'vitest';
import { storable, storableJson } from '../../../main/base/storable.ts';

test('what PostgreSQL cannot store is replaced, and nothing else is touched', () => {
  expect(storable('a\0b\uD800c')).toBe('a\uFFFDb\uFFFDc');
  expect(storable('Ünïcode 🙂 \n')).toBe('Ünïcode 🙂 \n');
  expect(storable(7)).toBe(7);
  expect(storable(null)).toBeNull();
  expect(storableJson({ peerText: 'x\0', deep: ['\uDC00'] })).toBe('{"peerText":"x\uFFFD","deep":["\uFFFD"]}');
});
