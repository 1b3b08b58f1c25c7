import { describe, expect, it, vi } from 'vitest';
import { askedWindow, lpShown, viewOf } from '../../../main/shell/asked-window.ts';

vi.mock('electron', () => ({ protocol: {} }));

const PAGE = 'app://console/index.html';

describe('askedWindow', () => {
  it('opens an LP in a window of its own, or in the main one', () => {
    expect(askedWindow(`${PAGE}#/lp/LP-A.1/session`, 'lp-LP-A.1')).toEqual({ own: 'LP-A.1' });
    expect(askedWindow(`${PAGE}#/lp/LP-A/fix-log`, '')).toEqual({ own: 'LP-A' });
    expect(askedWindow(`${PAGE}#/lp/LP-A/session`, 'main')).toEqual({ main: 'LP-A' });
    expect(askedWindow(`${PAGE}#/`, 'main')).toEqual({ main: null });
  });

  it.each([
    'about:blank',
    PAGE,
    `${PAGE}#/`,
    `${PAGE}#/strip`,
    `${PAGE}#/audit`,
    `${PAGE}#/lp/${'A'.repeat(65)}/session`,
    `${PAGE}#/lp/LP%20A/session`,
    `${PAGE}#/lp/../session`.replace('..', '%2e%2e'),
    `${PAGE}#/lp/LP-A/session#x`,
    `${PAGE}?x#/lp/LP-A/session`,
    'app://console/start.html#/lp/LP-A/session',
    'app://console.evil/index.html#/lp/LP-A/session',
    'https://example.org/#/lp/LP-A/session',
    'javascript:alert(1)',
  ])('opens nothing for %s', (url) => {
    expect(askedWindow(url, '_blank')).toBeNull();
  });

  it('brings the main window forward for nothing else', () => {
    for (const url of ['about:blank', 'https://example.org/', `${PAGE}#/audit`, PAGE])
      expect(askedWindow(url, 'main')).toBeNull();
  });
});

it('each window has its page', () => {
  expect([viewOf('main'), viewOf('strip'), viewOf('lp:LP-A')]).toEqual(['#/', '#/strip', '#/lp/LP-A/session']);
  expect([lpShown(`${PAGE}#/lp/LP-A/audit`), lpShown(`${PAGE}#/`), lpShown('')]).toEqual(['LP-A', null, null]);
});
