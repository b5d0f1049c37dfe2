import { afterAll } from 'vitest';

// A process warning (a leaked listener, a deprecated call, an unclosed handle) is a defect that no assertion sees.
const warnings: Error[] = [];
const collect = (warning: Error): void => {
  warnings.push(warning);
};
process.on('warning', collect);

afterAll(() => {
  process.off('warning', collect);
  if (warnings.length > 0) {
    throw new AggregateError(warnings, `process warnings: ${warnings.map(String).join('; ')}`);
  }
});
