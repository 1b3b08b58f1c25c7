import { app } from 'electron';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { ask } from './ask.ts';

/** Of electron-updater's what is used of it. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  setFeedURL(url: string): void;
  /** Null where this package cannot be updated, as a folder or a tar.gz. */
  checkForUpdates(): Promise<{ readonly isUpdateAvailable: boolean; readonly updateInfo: { readonly version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
}

const CHECK_EVERY_MS = 12 * 3_600_000;

/**
 * Looks for a newer version in a feed, and fetches it when a person says so. It is installed when the console has ended: a session is never logged out
 * for it.
 *
 * @param feed https URL of the folder that holds `latest.yml` and the packages
 * @param tell hears what there is and what cannot be done, for the console's log
 * @returns ends it
 */
export function offerUpdates(feed: string, updater: Updater, clock: Clock, tell: (text: string) => void): () => void {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.setFeedURL(feed);
  let offered: string | null = null;
  let cancel = (): void => undefined;
  const look = async (): Promise<void> => {
    const found = await updater.checkForUpdates();
    if (found === null) return tell('This package cannot be updated by itself');
    const { version } = found.updateInfo;
    if (!found.isUpdateAvailable || version === offered) return;
    offered = version;
    tell(`Version ${version} can be had from ${feed}`);
    if (!(await wants(version))) return;
    await updater.downloadUpdate();
    updater.autoInstallOnAppQuit = true;
    tell(`Version ${version} is here, and is installed when the console has been quit`);
  };
  const lookAndAgain = (): void => {
    look().catch((error: unknown) => tell(`Looking for a newer version failed: ${messageOf(error)}`));
    cancel = clock.after(CHECK_EVERY_MS, lookAndAgain);
  };
  lookAndAgain();
  return () => cancel();
}

async function wants(version: string): Promise<boolean> {
  const { response } = await ask({
    type: 'info',
    title: 'VFXLP console',
    message: `Version ${version} of the console can be had.`,
    detail: 'It is fetched now and installed when you quit the console. No session is logged out for it.',
    buttons: ['Not now', 'Fetch it'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}

/** From the updater of the package that runs; an application that is no package has none. No start waits for it or fails by it. @returns ends it */
export async function updatesFrom(feed: string, tell: (text: string) => void): Promise<() => void> {
  if (!app.isPackaged) return () => undefined;
  try {
    const { autoUpdater } = (await import('electron-updater')).default;
    autoUpdater.logger = null;
    return offerUpdates(feed, autoUpdater, systemClock, tell);
  } catch (error) {
    tell(`Newer versions cannot be looked for: ${messageOf(error)}`);
    return () => undefined;
  }
}
