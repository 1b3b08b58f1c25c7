import type { LpDraft } from '../../../main/contracts/lp-config.ts';

export const host = 'fix.lp-a.example';
export const backupHosts = [
  { host: 'dr1.example', port: 1 },
  { host: 'dr2.example', port: 2 },
];
export const draft: LpDraft = {
  provider: 'LP-A',
  host,
  port: 9_876,
  senderCompId: 'DESK',
  targetCompId: 'LPA',
  heartBtInt: 30,
  ssl: true,
  session: { backupHosts },
};
/** With a secret of every kind. */
export const withSecrets: LpDraft = {
  ...draft,
  username: 'desk',
  password: 'one',
  newPassword: 'two',
  session: {
    backupHosts,
    logonTags: [
      [5001, 'token-1'],
      [1137, '9'],
      [96, 'token-2'],
      [5001, 'token-3'],
    ],
  },
};
