import { chromium } from '@playwright/test';
import { SERVE_TOKEN } from '../../support/serve-process.ts';
import { requireTool } from '../../support/system-tools.ts';
import { KillDesk, nameOf } from './kill-desk.ts';
import { type Figure, percentile } from './kill-figures.ts';
import { monotonicMs } from './lp-farm.ts';

const LPS = 20;
const PER_SECOND = 500;
/** How long the button must be held; what is measured begins when it has been. */
const HOLD_MS = 1_000;

/** From the end of the hold on the kill button, in Debian's Chromium, until the LP has the Logout. */
export async function fromTheClick(): Promise<Figure[]> {
  const desk = await KillDesk.open(LPS, PER_SECOND);
  const browser = await chromium.launch({
    executablePath: await requireTool('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    await page.goto(`http://127.0.0.1:${desk.serve.port}/#token=${SERVE_TOKEN}`);
    const took: number[] = [];
    for (let i = 0; i < LPS; i += 1) {
      const row = page.getByTestId(`lp-row-${nameOf(i)}`);
      await row.getByRole('button', { name: `Actions for ${nameOf(i)}` }).click();
      await page.getByRole('menuitem', { name: 'Kill', exact: true }).click();
      const button = page.getByRole('button', { name: `Hold to kill ${nameOf(i)}` });
      await button.hover();
      const pressed = monotonicMs();
      await page.mouse.down();
      const seen = await desk.farm.until(`Logout of ${nameOf(i)}`, (all) => all[i]?.logoutAtMs !== null);
      await page.mouse.up();
      took.push((seen[i]?.logoutAtMs ?? Number.NaN) - pressed - HOLD_MS);
      await page.keyboard.press('Escape');
      await page.waitForTimeout(300);
      await page.keyboard.press('Escape');
    }
    const [p50, p99] = [percentile(took, 50), percentile(took, 99)];
    return [
      {
        figure: `one kill from the browser, ${LPS} LPs × ${PER_SECOND}/s, end of the hold → Logout, p50 / p99 of ${took.length}`,
        measured: `${p50.toFixed(0)} / ${p99.toFixed(0)} ms`,
        mustReach: '– / 40 ms',
        pass: p99 <= 40,
      },
    ];
  } finally {
    await browser.close();
    await desk.close();
  }
}
