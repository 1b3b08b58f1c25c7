import { beforeEach, describe, expect, it, vi } from 'vitest';
import { offerUpdates, type Updater } from '../../../main/shell/updates.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { desktop } from '../../support/fake-electron.ts';

vi.mock('electron', async () => (await import('../../support/fake-electron.ts')).fakeElectron);

const FEED = 'https://updates.example/vfxlp';
const HALF_A_DAY_MS = 12 * 3_600_000;

class FakeUpdater implements Updater {
  autoDownload = true;
  autoInstallOnAppQuit = true;
  feed = '';
  checks = 0;
  downloads = 0;
  found: Awaited<ReturnType<Updater['checkForUpdates']>> | Error = {
    isUpdateAvailable: true,
    updateInfo: { version: '0.2.0' },
  };
  setFeedURL(url: string): void {
    this.feed = url;
  }
  async checkForUpdates(): ReturnType<Updater['checkForUpdates']> {
    this.checks += 1;
    if (this.found instanceof Error) throw this.found;
    return this.found;
  }
  async downloadUpdate(): Promise<void> {
    this.downloads += 1;
  }
}

let clock: FakeClock;
let updater: FakeUpdater;
let told: string[];
let end: () => void;
const begin = async (): Promise<void> => {
  end = offerUpdates(FEED, updater, clock, (text) => told.push(text));
  await clock.advance(0);
};

beforeEach(() => {
  desktop.reset();
  clock = new FakeClock();
  updater = new FakeUpdater();
  told = [];
});

describe('a newer version', () => {
  it('is fetched when a person says so, and installed when the console has ended', async () => {
    await begin();
    expect(updater).toMatchObject({ feed: FEED, autoDownload: false, autoInstallOnAppQuit: false, downloads: 0 });
    expect(desktop.questions.map(({ message }) => message)).toEqual(['Version 0.2.0 of the console can be had.']);
    desktop.answer(1);
    await clock.advance(0);
    expect(updater).toMatchObject({ downloads: 1, autoInstallOnAppQuit: true });
    expect(told.at(-1)).toContain('installed when the console has been quit');
  });

  it('is asked for once, whoever said not now', async () => {
    await begin();
    desktop.answer(0);
    await clock.advance(HALF_A_DAY_MS);
    expect(updater).toMatchObject({ checks: 2, downloads: 0, autoInstallOnAppQuit: false });
    expect(desktop.questions).toHaveLength(1);
  });

  it('that is none is no question', async () => {
    updater.found = { isUpdateAvailable: false, updateInfo: { version: '0.1.0' } };
    await begin();
    expect(desktop.questions).toEqual([]);
    expect(told).toEqual([]);
  });
});

it.each([
  [null, 'This package cannot be updated by itself'],
  [new Error('getaddrinfo ENOTFOUND updates.example'), 'Looking for a newer version failed: getaddrinfo ENOTFOUND'],
])('what cannot be looked for is said in the log, and tried again: %s', async (found, words) => {
  updater.found = found;
  await begin();
  expect(told).toEqual([expect.stringContaining(words)]);
  await clock.advance(HALF_A_DAY_MS);
  expect(updater.checks).toBe(2);
  end();
  await clock.advance(HALF_A_DAY_MS);
  expect(updater.checks).toBe(2);
});
