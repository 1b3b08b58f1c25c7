import { BrowserWindow, screen } from 'electron';
import type { Clock } from '../base/clock.ts';
import { fitted, type Rect } from './window-place.ts';

/** Monitors come and go one by one, and the system moves windows itself, ms. */
const SETTLE_MS = 500;

/** Of all monitors, the primary one first. */
export function workAreas(): readonly Rect[] {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  return [primary, ...others].map(({ workArea }) => workArea);
}

/** Brings windows back whose monitor has gone, or has become smaller. @returns ends that */
export function keepOnMonitors(clock: Clock): () => void {
  let cancel = (): void => undefined;
  const changed = (): void => {
    cancel();
    cancel = clock.after(SETTLE_MS, () => {
      for (const window of BrowserWindow.getAllWindows()) refit(window);
    });
  };
  screen.on('display-removed', changed);
  screen.on('display-metrics-changed', changed);
  return () => {
    cancel();
    screen.off('display-removed', changed);
    screen.off('display-metrics-changed', changed);
  };
}

function refit(window: BrowserWindow): void {
  // These the system sees to itself.
  if (window.isMaximized() || window.isFullScreen() || window.isMinimized()) return;
  const bounds = window.getBounds();
  const fit = fitted(bounds, bounds, workAreas());
  if (fit.x !== bounds.x || fit.y !== bounds.y || fit.width !== bounds.width || fit.height !== bounds.height)
    window.setBounds(fit);
}
