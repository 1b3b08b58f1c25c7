import { BrowserWindow } from 'electron';
import { type DeskMemory, ZOOM } from './desk-memory.ts';

/** Half of Chromium's steps of 20 %. */
const STEP = 0.5;

/** Zooms all windows, which Chromium zooms together, and remembers it. @param by 0: back to 100 % */
export function zoomBy(by: 1 | 0 | -1, memory: Pick<DeskMemory, 'desk' | 'change'>): void {
  const zoom = by === 0 ? 0 : Math.max(ZOOM.least, Math.min(memory.desk.zoom + by * STEP, ZOOM.most));
  for (const { webContents } of BrowserWindow.getAllWindows()) webContents.setZoomLevel(zoom);
  memory.change({ zoom });
}
