import { expect, it } from 'vitest';
import { type LineSink, LogPages, type Page } from '../../../main/logs/log-pages.ts';

const PAGE = 64 * 1024;

function open() {
  const put: { page: Page; from: number; to: number }[] = [];
  const state = { full: false, lost: 0 };
  const sink: LineSink = {
    get full() {
      return state.full;
    },
    put: (page, from, to) => put.push({ page, from, to }),
    lose: () => {
      state.lost += 1;
    },
  };
  const pages = new LogPages(sink);
  const write = (text: string): boolean => {
    if (!pages.room(text.length)) return false;
    pages.page.bytes.write(text, pages.length);
    pages.length += text.length;
    return true;
  };
  const written = (): void => {
    for (const { page, to } of put.splice(0)) pages.written(page, to);
  };
  return { pages, put, state, write, written };
}

it('uses one page again and again while the sink keeps up', () => {
  const { pages, put, write, written } = open();
  const { page } = pages;
  for (let i = 0; i < 5_000; i += 1) {
    write(`line ${i}\n`.padEnd(100, '.'));
    pages.handOver();
    expect(put[0]?.from).toBe(0);
    written();
  }
  expect(pages.page).toBe(page);
  expect(pages.length).toBe(0);
});

it('hands over every byte once, in order, and no page before the sink is done with it', () => {
  const { pages, put, write, written } = open();
  let taken = '';
  let sent = '';
  for (let i = 0; i < 3_000; i += 1) {
    const line = `${i} ${'x'.repeat((i * 37) % 300)}\n`;
    sent += line;
    write(line);
    if (i % 7 === 0) pages.handOver();
    if (i % 1_000 !== 999) continue;
    pages.handOver();
    for (const { page, from, to } of put) taken += page.bytes.toString('latin1', from, to);
    written();
  }
  expect(taken).toBe(sent);
});

it('loses whole lines, and counts them, when the page and the sink are full; and goes on after', () => {
  const { pages, put, state, write, written } = open();
  state.full = true;
  const line = `${'x'.repeat(999)}\n`;
  const fit = Math.floor(PAGE / 1_000);
  for (let i = 0; i < fit; i += 1) expect(write(line)).toBe(true);
  expect([write(line), write(line), state.lost]).toEqual([false, false, 2]);
  pages.handOver();
  written();
  state.full = false;
  expect(write(line)).toBe(true);
  pages.handOver();
  expect(put.map(({ from, to }) => [from, to])).toEqual([[0, 1_000]]);
});

it('gives a line that is longer than a page one of its own', () => {
  const { pages, put, write } = open();
  write('short\n');
  write('x'.repeat(PAGE + 1));
  write('after\n');
  pages.handOver();
  expect(put.map(({ page, from, to }) => page.bytes.toString('latin1', from, to).length)).toEqual([6, PAGE + 1, 6]);
});
