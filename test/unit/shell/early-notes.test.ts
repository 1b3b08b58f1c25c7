import { afterEach, expect, it, vi } from 'vitest';
import { EarlyNotes } from '../../../main/shell/early-notes.ts';

afterEach(() => vi.restoreAllMocks());

it('keeps what is said before there is a log, in order, and then hands everything on at once', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const notes = new EarlyNotes();
  notes.tell('The window is painted');
  notes.failed('The shutdown was not orderly', new Error('it hung'));
  // There may never be a log.
  expect(said.mock.calls).toEqual([['The shutdown was not orderly: it hung\n']]);
  const written: unknown[] = [];
  notes.goTo({ info: (text) => written.push(text), fatal: (details, text) => written.push([text, details]) });
  expect(written).toEqual(['The window is painted', ['The shutdown was not orderly', { err: new Error('it hung') }]]);
  notes.tell('later');
  notes.failed('worse', 'why');
  expect(written.slice(2)).toEqual(['later', ['worse', { err: 'why' }]]);
  expect(said).toHaveBeenCalledTimes(1);
});
