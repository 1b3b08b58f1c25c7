import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Health } from '../../../main/contracts/lp-view.ts';
import { readSettings } from '../../../main/settings/settings.ts';
import { diagnosticsText } from '../../../main/shell/diagnostics.ts';

const SECRETS = {
  VFXLP_DATABASE_URL: 'postgres://user:dbSecret1@db.example:5432/vfxlp?password=dbSecret2',
  VFXLP_DATABASE_OWNER_URL: 'postgres://owner:dbSecret3@db.example:5432/vfxlp',
  VFXLP_NATS_URL: 'wss://nats:natsSecret4@nats.example:443/nats?token=natsSecret5',
  VFXLP_ADMIN_TOKEN: 'adminSecret6-0123456789',
  VFXLP_SECRET_KEY: '5ec7e7'.repeat(11).slice(0, 64),
};

it('tells versions, health and settings, and no secret, token or key', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-diagnostics-'));
  const read = readSettings({
    ...SECRETS,
    VFXLP_DATA_DIR: dataDir,
    VFXLP_FIX_LOG_DIR: join(dataDir, 'fix'),
    VFXLP_ADMIN_PORT: 'off',
  });
  rmSync(dataDir, { recursive: true });
  if (!read.ok) throw new Error(read.error.message);
  const { settings, part } = { settings: read.value, part: { state: 'ok', text: 'fine', sinceMs: 0 } as const };
  const health = {
    database: { ...part, state: 'down', text: `no answer from ${SECRETS.VFXLP_DATABASE_URL}, tried again` },
    nats: { ...part, text: `connected to ${SECRETS.VFXLP_NATS_URL}`, waiting: 0 },
    disk: part,
    engines: part,
    ownership: part,
    console: part,
  } as unknown as Health;
  const text = diagnosticsText({
    version: '1.2.3',
    versions: { electron: '45.4.1', chrome: '150', node: '24.21.0' },
    system: 'linux 6 x64',
    health,
    loggedOn: 3,
    settings,
    keyKept: 'in the keychain of this system (kwallet6)',
  });
  expect(text.split('\n')).toEqual([
    'VFXLP console: 1.2.3',
    'Electron, Chromium, Node: 45.4.1, 150, 24.21.0',
    'system: linux 6 x64',
    'LPs logged on here: 3',
    'health of database: down, no answer from postgres://db.example:5432 tried again',
    'health of nats: ok, connected to wss://nats.example',
    ...['disk', 'engines', 'ownership', 'console'].map((name) => `health of ${name}: ok, fine`),
    'database: db.example:5432',
    'NATS: nats.example',
    `data folder: ${dataDir}`,
    `FIX log folder: ${join(dataDir, 'fix')}`,
    'log quota: 5368709120 bytes, 0 days (0: no limit)',
    'admin port: off',
    're-arm by two: no',
    'take-over: auto',
    'key of the passwords: in the keychain of this system (kwallet6)',
  ]);
  for (const secret of ['Secret', SECRETS.VFXLP_SECRET_KEY, settings.secretKey.toString('base64')])
    expect(text).not.toContain(secret);
});
