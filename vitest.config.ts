import { defineConfig } from 'vitest/config';

// Node 20 has no `await using`, so what vitest runs must be down-levelled like the build is.
const oxc = { target: 'es2022' } as const;

const setupFiles = ['test/support/fail-on-warning.ts'];

/** Files whose figures others beside them would change: times, memory, rates, and what is left over. */
const MEASURED = [
  'accuracy',
  'attacks-*',
  'launcher-*',
  'library-s*',
  'limits-*',
  'pool',
  'programs-levels',
  'random-kills',
  'soak*',
  'suites-chaos',
  'suites-memory',
].map((name) => `test/integration/${name}.test.ts`);

const sandboxed = {
  globalSetup: ['test/support/global-setup.ts'],
  setupFiles,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  oxc,
  test: {
    // One project after the other, in the order of their groups.
    projects: [
      {
        oxc,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles,
          testTimeout: 30_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        oxc,
        test: {
          ...sandboxed,
          name: 'integration',
          // Not as an exclude, which would make vitest forget those of the command line.
          include: ['test/integration/**/*.test.ts', ...MEASURED.map((path) => `!${path}`)],
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        oxc,
        test: {
          ...sandboxed,
          name: 'measured',
          include: MEASURED,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        oxc,
        test: {
          ...sandboxed,
          name: 'security',
          include: ['test/security/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
