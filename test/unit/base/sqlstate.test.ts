import { expect, test } from 'vitest';
import { isPassing, sqlStateOf } from '../../../main/base/sqlstate.ts';

const error = (code: string): Error => Object.assign(new Error(code), { code });

test.each('08006 08003 25006 25P03 40001 40P01 53100 53200 53300 55P03 57014 57P01 57P02 57P03 57P05 58030'.split(' '))(
  '%s may pass',
  (code) => {
    expect(isPassing(error(code))).toBe(true);
  },
);

test.each('22001 22P05 23505 23514 42501 42703 42P01 P0001 XX001'.split(' '))('%s is refused for good', (code) => {
  expect(isPassing(error(code))).toBe(false);
  expect(sqlStateOf(error(code))).toBe(code);
});

test.each([error('ENOENT'), error('EPIPE'), error('E2BIG'), error('EBADF'), new TypeError('a defect'), 'text', null])(
  '%s is no answer of a database',
  (thrown) => {
    expect(sqlStateOf(thrown)).toBeNull();
    expect(isPassing(thrown)).toBe(false);
  },
);
