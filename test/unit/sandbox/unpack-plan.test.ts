import { expect, it } from 'vitest';
import { planUnpack } from '../../../src/sandbox/index.js';

const plan = planUnpack({
  launcherPath: '/opt/hotcell-launcher',
  directory: '/store/tmp/layer',
  input: '/tmp/pipe',
  arch: 'x86_64',
  identities: 'host',
});

it('gives the tree writer one directory to write in, its input and its own program', () => {
  expect(plan.filter(({ op }) => op === 'source')).toEqual([
    { op: 'source', path: '/opt/hotcell-launcher', flags: ['file'] },
    { op: 'source', path: '/tmp/pipe', flags: ['readOnly', 'noExec', 'noDevices'] },
    { op: 'source', path: '/store/tmp/layer', flags: ['noExec', 'noDevices', 'mapSlot'] },
  ]);
  const places = plan.flatMap((operation) =>
    'path' in operation && operation.op !== 'source' ? [operation.path] : [],
  );
  expect(places).toEqual(['/hotcell-launcher', '/input', '/tree', '/']);
  expect(plan).toContainEqual({ op: 'readonly', path: '/' });
});

it('isolates it in every way, without a cgroup that would count what it writes', () => {
  expect(plan[0]).toEqual({
    op: 'sandbox',
    spaces: ['user', 'mount', 'pid', 'ipc', 'uts', 'cgroupNamespace', 'network', 'dropPrivileges'],
  });
  expect(plan.map(({ op }) => op)).toContain('seccomp');
});

it('leaves it what setting owners and modes takes, and no more', () => {
  expect(plan).toContainEqual({ op: 'identity', uid: 0, gid: 0 });
  // CHOWN, DAC_OVERRIDE, FOWNER, FSETID
  expect(plan).toContainEqual({ op: 'capabilities', mask: 0b11011n });
});

it('bounds its memory, CPU time, descriptors and output', () => {
  expect(plan.filter(({ op }) => op === 'rlimit')).toHaveLength(4);
  expect(plan).toContainEqual({ op: 'rlimit', resource: 'cpu', soft: 600, hard: 601 });
  expect(plan).toContainEqual({ op: 'limit', limit: 'outputBytes', value: 65_536 });
});
