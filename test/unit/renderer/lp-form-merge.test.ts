import { expect, test } from 'vitest';
import { formOf } from '../../../renderer/store/lp-form.ts';
import { differencesOf, mergedValues } from '../../../renderer/store/lp-form-merge.ts';
import { fakeConfig } from '../../support/fake-lps.ts';
import { loggedOn } from './lp-views.ts';

const config = fakeConfig(loggedOn());
const base = formOf(config);
const theirs = formOf({ ...config, host: 'theirs.example', port: 1, heartBtInt: 20, version: 4 });
const mine = { ...base, Host: 'mine.example', HeartBtInt: '20', SenderCompID: 'MINE' };

test('what the other has saved is told field by field, unless both say the same', () => {
  expect(differencesOf(base, mine, theirs)).toEqual([
    { path: 'Host', label: 'Host', mine: 'mine.example', theirs: 'theirs.example' },
    { path: 'Port', label: 'Port', mine: base['Port'], theirs: '1' },
  ]);
});

test('what only the other has changed is taken, what was typed here stays', () => {
  expect(mergedValues(base, mine, theirs)).toEqual({ ...mine, Port: '1' });
});
