// Draws packaging/icon.png from icon.svg; electron-builder makes Windows' and macOS' own formats of it. For whoever changes the icon.
import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { requireTool } from '../test/support/system-tools.ts';

const SIZE_PX = 1024;
const svg = readFileSync(new URL('../packaging/icon.svg', import.meta.url), 'utf8');
const browser = await chromium.launch({ executablePath: await requireTool('chromium'), args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ viewport: { width: SIZE_PX, height: SIZE_PX } });
await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
await page.screenshot({ path: 'packaging/icon.png', omitBackground: true });
await browser.close();
