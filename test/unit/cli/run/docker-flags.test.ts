import { expect, it } from 'vitest';
import { dockerAdvice } from '../../../../src/cli/run/docker-flags.js';
import { runFlags } from '../../../../src/cli/run/flags.js';

it('is told what to do instead only of flags that are not here', () => {
  const ours = runFlags().flatMap(({ long, short }) => [long ?? '', short ?? '']);
  expect(ours.filter((flag) => dockerAdvice(flag) !== null)).toEqual([]);
  expect(dockerAdvice('--privileged')).toContain('--isolation');
  expect(dockerAdvice('constructor')).toBeNull();
});
