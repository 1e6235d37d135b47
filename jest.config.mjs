// Node runs the TypeScript as ES modules; swc keeps decorators and their metadata.
// The longest tests drive proxies, download managers and thousands of endings; `npm run test:services` and CI run them.
const inFull = process.env.REQUIRE_SERVICES === '1';
const LONG = ['proxies', 'clients', 'kill-matrix', 'rolling-restart'].map(
  (name) => `/test/${name}\\.e2e-spec`,
);

export default {
  testPathIgnorePatterns: ['/node_modules/', ...(inFull ? [] : LONG)],
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '(\\.spec|-spec)\\.ts$',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 30_000,
  maxWorkers: 2,
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
      },
    ],
  },
};
