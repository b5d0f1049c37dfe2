import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/launcher/plan.js';
import { opId } from '../../../src/launcher/protocol-table.js';
import { encodePlan } from '../../support/raw-plan.js';
import { codeOf } from './support.js';

const hex = (...operations: Operation[]): string => Buffer.from(encodePlan(operations)).toString('hex');

const u32 = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex');
};
const u64 = (value: number): string => u32(value % 2 ** 32) + u32(Math.floor(value / 2 ** 32));
const string = (text: string): string => u32(text.length + 1) + Buffer.from(`${text}\0`).toString('hex');
const operation = (code: number, ...parts: string[]): string => {
  const payload = parts.join('');
  return u32(code) + u32(payload.length / 2) + payload;
};

const owner = { mode: 0o755, uid: 1000, gid: 7 } as const;
const ownerBytes = u32(0o755) + u32(1000) + u32(7);

const CASES: readonly [Operation, string][] = [
  [{ op: 'sandbox', spaces: ['user', 'pid', 'stdinPipe'] }, operation(1, u32(1 | 4 | 1024))],
  [{ op: 'limit', limit: 'wallTimeNs', value: 6e12 }, operation(2, u32(5), u64(6e12))],
  [{ op: 'cpuset', value: '0-1' }, operation(3, string('0-1'))],
  [
    { op: 'source', path: '/usr', flags: ['readOnly', 'noDevices'] },
    operation(4, u32(4 | 16), u32(0), u32(0), string('/usr')),
  ],
  [
    { op: 'source', path: '/data', flags: ['mapOwner'], uid: 1000, gid: 7 },
    operation(4, u32(32), u32(1000), u32(7), string('/data')),
  ],
  [{ op: 'output', value: '/box/out' }, operation(5, string('/box/out'))],
  [{ op: 'tty', rows: 24, cols: 80 }, operation(6, u32(24), u32(80))],
  [{ op: 'identity', uid: 1000, gid: 7 }, operation(7, u32(1000), u32(7))],
  [{ op: 'root', bytes: 2 ** 40, inodes: 9 }, operation(20, u64(2 ** 40), u64(9))],
  [{ op: 'overlayRoot', sources: [3, 1] }, operation(21, u32(8), u32(3), u32(1))],
  [{ op: 'hold', value: '/store/lock' }, operation(8, string('/store/lock'))],
  [{ op: 'capabilities', mask: 2n ** 40n + 1n }, operation(55, u64(2 ** 40 + 1))],
  [{ op: 'groups', gids: [5, 27] }, operation(56, u32(8), u32(5), u32(27))],
  [{ op: 'directory', path: '/a', ...owner }, operation(22, ownerBytes, string('/a'))],
  [{ op: 'ensure', path: '/a', ...owner }, operation(37, ownerBytes, string('/a'))],
  [
    { op: 'file', path: '/f', content: Uint8Array.of(0, 1), ...owner },
    operation(23, ownerBytes, string('/f'), u32(2), '0001'),
  ],
  [
    { op: 'offer', path: '/f', content: Uint8Array.of(0, 1), ...owner },
    operation(38, ownerBytes, string('/f'), u32(2), '0001'),
  ],
  [{ op: 'copy', source: 2, path: '/f', ...owner }, operation(24, u32(2), ownerBytes, string('/f'))],
  [{ op: 'symlink', target: '/t', path: '/l' }, operation(25, string('/t'), string('/l'))],
  [{ op: 'bind', source: 1, path: '/usr' }, operation(26, u32(1), string('/usr'))],
  [{ op: 'overlay', source: 1, path: '/usr' }, operation(27, u32(1), string('/usr'))],
  [
    { op: 'tmpfs', path: '/t', bytes: 5, inodes: 6, ...owner },
    operation(28, u64(5), u64(6), ownerBytes, string('/t')),
  ],
  [{ op: 'proc', path: '/proc' }, operation(29, string('/proc'))],
  [
    { op: 'device', source: 4, major: 1, minor: 3, path: '/dev/null' },
    operation(30, u32(4), u32(1), u32(3), string('/dev/null')),
  ],
  [{ op: 'devpts', gid: 5, path: '/dev/pts' }, operation(31, u32(5), string('/dev/pts'))],
  [{ op: 'mask', path: '/proc/keys' }, operation(32, string('/proc/keys'))],
  [{ op: 'readonly', path: '/' }, operation(33, string('/'))],
  [{ op: 'scratch', path: '/dev', ...owner }, operation(34, ownerBytes, string('/dev'))],
  [{ op: 'enter' }, operation(35)],
  [{ op: 'hostname', value: 'hotcell' }, operation(36, string('hotcell'))],
  [{ op: 'rlimit', resource: 'stack', soft: 1, hard: null }, operation(50, u32(3), u64(1), 'ff'.repeat(8))],
  [
    { op: 'rlimit', resource: 'openFiles', soft: null, hard: 2 },
    operation(50, u32(7), 'ff'.repeat(8), u64(2)),
  ],
  [{ op: 'seccomp', program: Uint8Array.of(1, 2, 3) }, operation(51, u32(3), '010203')],
  [{ op: 'trace', kept: Uint8Array.of(0, 5) }, operation(57, u32(2), '0005')],
  [{ op: 'workdir', value: '/box' }, operation(52, string('/box'))],
  [{ op: 'env', value: 'A=' }, operation(53, string('A='))],
  [{ op: 'arg', value: '' }, operation(54, string(''))],
];

describe('writePlan', () => {
  test.each(CASES.map(([given, bytes]) => [given.op, given, bytes] as const))('%s', (_, given, bytes) => {
    expect(hex(given)).toBe(bytes);
  });

  test('has a case here for every operation', () => {
    expect(new Set(CASES.map(([{ op }]) => op))).toEqual(new Set(Object.keys(opId)));
  });

  test('keeps the order, and an empty plan is nothing', () => {
    expect(hex()).toBe('');
    expect(hex(...CASES.map(([given]) => given))).toBe(CASES.map(([, bytes]) => bytes).join(''));
  });

  test.each<Operation>([
    { op: 'arg', value: 'a\0b' },
    { op: 'env', value: 'A=\0' },
    { op: 'workdir', value: '/box\0/..' },
    { op: 'source', path: '/usr\0', flags: [] },
    { op: 'symlink', target: '\0', path: '/l' },
    { op: 'bind', source: 0, path: '/\0' },
  ])('refuses a NUL in $op, where C would read half of it', (given) => {
    expect(codeOf(() => encodePlan([given]))).toBe('internal');
  });

  test('lets a NUL be in the content of a file', () => {
    expect(hex({ op: 'file', path: '/f', content: new Uint8Array(3), ...owner })).toMatch(/03000000000000$/);
  });

  test.each<[Operation, number, string]>([
    [{ op: 'source', path: '/f', flags: [] }, 1000, 'files of the host'],
    [{ op: 'arg', value: '' }, 16_384, 'arguments'],
    [{ op: 'env', value: 'A=' }, 16_384, 'environment variables'],
  ])('refuses more than the launcher takes: %j', (given, most, words) => {
    const many = (count: number) => Array.from({ length: count }, () => given);
    expect(codeOf(() => encodePlan(many(most)))).toBeNull();
    expect(codeOf(() => encodePlan(many(most + 1)))).toBe('invalid-spec');
    expect(() => encodePlan(many(most + 1))).toThrow(words);
  });

  test('refuses more operations in all than the launcher takes', () => {
    const many = Array.from({ length: 8200 }, (): Operation[] => [
      { op: 'arg', value: '' },
      { op: 'env', value: 'A=' },
    ]);
    expect(() => encodePlan(many.flat())).toThrow('16400 arguments, variables, files');
  });
});
