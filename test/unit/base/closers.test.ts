import { expect, test } from 'vitest';
import { Closers } from '../../../main/base/closers.ts';

test('what was opened is closed in the reverse order, each when the one before it has closed, and once', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.defer(() => closed.push('first'));
  closers.defer(async () => {
    await new Promise((next) => setImmediate(next));
    closed.push('second');
  });
  await closers.close();
  await closers.close();
  expect(closed).toEqual(['second', 'first']);
});

test('a failure holds nothing up, and is told', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.defer(() => closed.push('first'));
  closers.defer(() => Promise.reject(new Error('the second')));
  await expect(closers.close()).rejects.toThrow('the second');
  expect(closed).toEqual(['first']);

  closers.defer(() => Promise.reject(new Error('one')));
  closers.defer(() => {
    throw new Error('another');
  });
  await expect(closers.close()).rejects.toMatchObject({ errors: [{ message: 'another' }, { message: 'one' }] });
});
