import { beforeEach, expect, it } from 'vitest';
import type { KilledRow } from '../../../../main/contracts/lp-record.ts';
import { KillBatch } from '../../../../main/sessions/row/kill-batch.ts';
import { MemoryDatabase } from '../../../support/memory-database.ts';

const row = (provider: string): KilledRow => ({
  provider,
  latch: { incidentId: 'one', by: 'trader', reason: 'runaway', atMs: 1 },
  change: null,
});

let statements: (readonly string[])[];
let answer: (providers: readonly string[]) => Promise<readonly string[]>;
let batch: KillBatch;
beforeEach(() => {
  statements = [];
  answer = async (providers) => providers;
  batch = new KillBatch({
    ...new MemoryDatabase().store(),
    kill: (rows) => {
      const providers = rows.map(({ provider }) => provider);
      statements.push(providers);
      return answer(providers);
    },
  });
});
const kill = (...providers: string[]): Promise<PromiseSettledResult<boolean>[]> =>
  Promise.allSettled(providers.map((provider) => batch.write(row(provider))));

it('makes one statement of the kills of one turn, and another of the next', async () => {
  const first = await kill('A', 'B', 'C');
  expect(first).toEqual(Array.from({ length: 3 }, () => ({ status: 'fulfilled', value: true })));
  await kill('D');
  expect(statements).toEqual([['A', 'B', 'C'], ['D']]);
});

it('says which rows must be written by themselves', async () => {
  answer = async () => ['A', 'C'];
  expect(await kill('A', 'B', 'C')).toMatchObject([{ value: true }, { value: false }, { value: true }]);
});

it('does not let one row that is refused keep the others from being written; one alone hears why', async () => {
  answer = () => Promise.reject(new Error('refused'));
  expect(await kill('A', 'B')).toMatchObject([{ value: false }, { value: false }]);
  expect(await kill('A')).toMatchObject([{ status: 'rejected', reason: new Error('refused') }]);
});
