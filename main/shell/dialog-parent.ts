import { BrowserWindow } from 'electron';

/**
 * The window over which main asks: the one in hand, else one that can be seen. A question over a hidden window is seen by nobody, and the strip
 * is too small for one.
 *
 * @returns undefined when there is none: the question stands by itself
 */
export function dialogParent(): BrowserWindow | undefined {
  const fits = (window: BrowserWindow): boolean => window.isVisible() && !window.isAlwaysOnTop();
  const focused = BrowserWindow.getFocusedWindow();
  return focused !== null && fits(focused) ? focused : BrowserWindow.getAllWindows().find(fits);
}
