import { describe, expect, it } from 'vitest';
import { judgeable } from '../../../src/engine/doctor.js';

const checks = [
  'root',
  'kernel',
  'launcher',
  'user-namespace',
  'mount-tree',
  'seccomp',
  'cgroup-memory',
  'swap',
  'run',
].map((name) => ({ name, ok: false, detail: '', remedy: 'mend it' }));
const names = (isRoot: boolean): string[] => judgeable(isRoot, checks).map(({ name }) => name);

describe('doctor', () => {
  it('shows root everything', () => {
    expect(names(true)).toEqual(checks.map(({ name }) => name));
  });

  it('shows others only what does not fail just because they are not root', () => {
    expect(names(false)).toEqual(['root', 'kernel', 'launcher', 'seccomp', 'swap']);
  });
});
