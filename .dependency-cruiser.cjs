/** The direction rules of ARCHITECTURE.md: imports point from left to right, never back. */
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[from, ...allowed].join('|')})/` },
});

const foundation = ['database', 'config', 'common'];
const parts = ['download-tokens', 'storage', 'crypto', 'access', 'audit'];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '(main|index)\\.ts$|\\.spec\\.ts$' },
      to: {},
    },
    layer('common-imports-nothing-of-ours', 'common', []),
    layer('config-imports-common', 'config', ['common']),
    layer('database-imports-config-and-common', 'database', ['config', 'common']),
    layer('tokens-know-no-storage-and-no-crypto', 'download-tokens', foundation),
    layer('storage-knows-no-tokens-and-no-crypto', 'storage', foundation),
    layer('vault-sees-database-and-common', 'crypto/vault', ['crypto', 'database', 'common']),
    layer('deciphers-see-common', 'crypto/deciphers', ['crypto/gcm', 'common']),
    layer('gcm-sees-common', 'crypto/gcm', ['common']),
    layer('access-stands-alone', 'access', foundation),
    layer('audit-stands-alone', 'audit', foundation),
    layer('backups-join-storage-and-crypto', 'backups', ['storage', 'crypto', ...foundation]),
    layer('downloads-join-the-parts', 'downloads', ['backups', ...parts, ...foundation]),
    layer('explorer-joins-the-parts', 'explorer', ['backups', ...parts, ...foundation]),
    layer('restore-guides-join-the-parts', 'restore-guides', ['backups', ...parts, ...foundation]),
    layer('health-sees-the-foundation', 'health', foundation),
    layer('metrics-sees-the-foundation', 'metrics', foundation),
    layer('demo-seeds-through-the-parts', 'demo', [...parts, ...foundation]),
    {
      name: 'nothing-in-src-imports-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-dev-dependencies-at-run-time',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
