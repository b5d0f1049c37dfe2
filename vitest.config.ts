import { defineConfig } from 'vitest/config';

// Node 20 has no `await using`, so what vitest runs must be down-levelled like the build is.
const oxc = { target: 'es2022' } as const;

export default defineConfig({
  oxc,
  test: {
    projects: [
      {
        oxc,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles: ['test/support/fail-on-warning.ts'],
          testTimeout: 10_000,
        },
      },
      {
        oxc,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          setupFiles: ['test/support/fail-on-warning.ts'],
          // Real sandboxes are measured: two files at once would disturb each other's figures.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
