import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTreeAnswer } from '../../src/image/tree/index.js';
import { treeOpId } from '../../src/image/tree/ops-table.js';
import { PlainTree } from '../support/plain-tree.js';
import { ATTRIBUTES, BEGIN, data, END, file, frame, op, payload } from '../support/tree-frames.js';
import { useTrees } from '../support/trees.js';

const trees = useTrees();

/** What the writer as a plain process makes of bytes. */
async function feed(directory: string, bytes: Uint8Array) {
  const tree = new PlainTree(directory);
  await tree.write(bytes);
  tree.finish();
  const { code, signal, stdout, stderr } = await tree.ended;
  return { code, signal, stderr, failure: readTreeAnswer(stdout) };
}

const BAD_PATHS: readonly [string, string | Buffer][] = [
  ['absolute', '/etc/x'],
  ['up', '..'],
  ['up at first', '../x'],
  ['up in the middle', 'a/../x'],
  ['up at last', 'a/..'],
  ['a dot', '.'],
  ['a dot in the middle', 'a/./x'],
  ['a slash too many', 'a//x'],
  ['a slash at the end', 'a/'],
  ['empty', ''],
  ['a NUL', 'a\0b'],
  ['a name of 256 bytes', 'x'.repeat(256)],
  ['4,096 bytes', `${'d/'.repeat(2000)}${'x'.repeat(96)}`],
];

const PATH_OPS: Readonly<Record<string, (path: string | Buffer) => Buffer>> = {
  file: (path) => file(path, ''),
  symlink: (path) => op('symlink', ...ATTRIBUTES, 'target', path),
  hardlink: (path) => op('hardlink', 'first', path),
  'hardlink to': (path) => op('hardlink', path, 'x'),
  fifo: (path) => op('fifo', ...ATTRIBUTES, path),
  whiteout: (path) => op('whiteout', path),
  remove: (path) => op('remove', path),
};

const OTHER: Readonly<Record<string, Buffer>> = {
  'an unknown operation': frame(99),
  'operation 0': frame(0),
  'begin twice': BEGIN,
  'data without a file': data('x'),
  'data after a file that is complete': Buffer.concat([file('x', 'abc'), data('d')]),
  'more data than the file has': Buffer.concat([op('file', ...ATTRIBUTES, 3n, 'x'), data('abcd')]),
  'another operation before the file is complete': Buffer.concat([
    op('file', ...ATTRIBUTES, 3n, 'x'),
    data('ab'),
    file('y', ''),
  ]),
  'an end before the file is complete': Buffer.concat([op('file', ...ATTRIBUTES, 3n, 'x'), END]),
  'a payload with more in it': frame(treeOpId.whiteout, payload('x', 0)),
  'a payload with less in it': frame(treeOpId.file, payload(...ATTRIBUTES)),
  'a frame of 4 GiB': frame(treeOpId.whiteout, payload('x'), 0xffff_ffff),
  'data of 4 GiB': Buffer.concat([
    op('file', ...ATTRIBUTES, 2n ** 40n, 'x'),
    frame(treeOpId.data, Buffer.from('x'), 0xffff_ffff),
  ]),
  'a path of 4 GiB': frame(treeOpId.whiteout, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x78])),
  'a negative size': op('file', ...ATTRIBUTES, -1n, 'x'),
  'an id that would mean no change': op('file', 0o644, 0xffff_ffff, 0, 1n, 0, 0n, 'x'),
  'an id that is not mapped': op('file', 0o644, 0, 65_535, 1n, 0, 0n, 'x'),
  'a mode that is none': op('file', 0o10644, 0, 0, 1n, 0, 0n, 'x'),
  'more nanoseconds than a second has': op('file', 0o644, 0, 0, 1n, 1_000_000_000, 0n, 'x'),
  'a symlink to nothing': op('symlink', ...ATTRIBUTES, '', 'x'),
  'a symlink with a NUL': op('symlink', ...ATTRIBUTES, 'a\0b', 'x'),
  'a symlink of 4,096 bytes': op('symlink', ...ATTRIBUTES, 'x'.repeat(4096), 'x'),
  'a trusted attribute': op('xattr', '', 'trusted.overlay.opaque', 'y'),
  'a capability': op('xattr', '', 'security.capability', 'y'),
  'an ACL': op('xattr', '', 'system.posix_acl_access', 'y'),
  'an attribute of the overlay': op('xattr', '', 'user.overlay.redirect', '/etc'),
  'an attribute without a name': op('xattr', '', 'user.', 'y'),
  'an attribute with a NUL': op('xattr', '', 'user.a\0b', 'y'),
  'an attribute that is too long': op('xattr', '', 'user.x', 'x'.repeat(65_537)),
  'an attribute with too long a name': op('xattr', '', `user.${'x'.repeat(251)}`, 'y'),
  'an end that is neither': op('end', 2),
};

const CUT_OFF: readonly [string, Buffer][] = [
  ['no end', Buffer.alloc(0)],
  ['half a header', Buffer.from([1, 2, 3])],
  ['half a payload', op('whiteout', 'a').subarray(0, -1)],
  [
    'half a file',
    Buffer.concat([op('file', ...ATTRIBUTES, 9n, 'x'), frame(treeOpId.data, Buffer.from('abc'), 9)]),
  ],
];

describe('the tree writer refuses', () => {
  const refused = async (bytes: Buffer): Promise<void> => {
    const directory = trees.directory();
    const { code, failure, stderr } = await feed(directory, bytes);
    expect({ code, step: failure?.step, stderr }).toEqual({ code: 1, step: 'protocol', stderr: '' });
    // Of what was refused nothing is done; a file before it may be there.
    expect(readdirSync(directory).filter((name) => name !== 'x')).toEqual([]);
  };

  describe.each(Object.keys(PATH_OPS))('for %s, a path that is', (name) => {
    it.each(BAD_PATHS)('%s', async (_, path) => {
      await refused(Buffer.concat([BEGIN, PATH_OPS[name]?.(path) ?? Buffer.alloc(0), END]));
    });
  });

  it.each(Object.entries(OTHER))('%s', async (_, bytes) => {
    await refused(Buffer.concat([BEGIN, bytes, END]));
  });

  it.each(CUT_OFF)('%s', async (_, bytes) => await refused(Buffer.concat([BEGIN, bytes])));

  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['an end without a begin', END],
    ['another version', Buffer.concat([op('begin', 99), END])],
  ])('%s', async (_, bytes) => await refused(bytes));
});

describe('the tree writer, told at random', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'up', 'out', '..', '.', '', 'd'.repeat(255), 'x\0');
  const path = fc
    .oneof(
      {
        weight: 8,
        arbitrary: fc.array(fc.constantFrom('a', 'b', 'c', 'up', 'out'), { minLength: 1, maxLength: 4 }),
      },
      { weight: 1, arbitrary: fc.array(names, { maxLength: 40 }) },
    )
    .map((parts) => parts.join('/'));
  const target = fc.oneof(path, fc.constantFrom('/', '..', '../canary', '../../..', '/etc', '../canaries'));
  const content = fc.string({ maxLength: 20 });
  const attributes = fc
    .tuple(
      fc.nat(0o7777),
      fc.nat(65_534),
      fc.nat(65_534),
      fc.bigInt(-(2n ** 40n), 2n ** 40n),
      fc.nat(999_999_999),
    )
    .map((parts) => parts as (number | bigint)[]);
  const operation = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(path, content).map(([p, c]) => file(p, c)) },
    { weight: 2, arbitrary: fc.tuple(attributes, path).map(([a, p]) => op('directory', ...a, p)) },
    {
      weight: 3,
      arbitrary: fc.tuple(attributes, target, path).map(([a, t, p]) => op('symlink', ...a, t, p)),
    },
    { weight: 2, arbitrary: fc.tuple(target, path).map(([t, p]) => op('hardlink', t, p)) },
    { weight: 1, arbitrary: fc.tuple(attributes, path).map(([a, p]) => op('fifo', ...a, p)) },
    { weight: 2, arbitrary: path.map((p) => op('whiteout', p)) },
    { weight: 1, arbitrary: path.map((p) => op('opaque', p)) },
    { weight: 1, arbitrary: path.map((p) => op('remove', p)) },
    { weight: 1, arbitrary: fc.tuple(path, content).map(([p, c]) => op('xattr', p, 'user.x', c)) },
    { weight: 1, arbitrary: fc.tuple(fc.bigInt(-1n, 2n ** 63n), path).map(([s, p]) => op('times', s, 0, p)) },
  );
  const told = fc.array(operation, { maxLength: 40 }).map((ops) => Buffer.concat([BEGIN, ...ops, END]));

  /** What wires and bugs do to bytes. */
  const damage = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), bits: fc.nat(64) }),
    fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), bits: fc.nat(64) }),
    fc.record({ kind: fc.constant('end' as const), at: fc.nat(), bits: fc.constant(0) }),
  );
  type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

  function damaged(bytes: Buffer, { kind, at: given, bits }: Damage): Buffer {
    const at = bytes.byteLength === 0 ? 0 : given % bytes.byteLength;
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    if (kind === 'cut') return Buffer.concat([before, after.subarray(bits)]);
    if (kind === 'repeat') return Buffer.concat([before, after.subarray(0, bits), after]);
    if (kind === 'end') return before;
    return Buffer.concat([
      before,
      Buffer.from(after.subarray(0, 1).map((byte) => byte ^ bits)),
      after.subarray(1),
    ]);
  }

  /** An answer, no crash, no sanitizer's report. That nothing outside changes is looked at after all of them. */
  async function expectOrderlyEnd(bytes: Buffer): Promise<void> {
    const { code, signal, stderr, failure } = await feed(trees.directory(), bytes);
    expect({ signal, stderr }).toEqual({ signal: null, stderr: '' });
    expect(code).toBe(failure === null ? 0 : 1);
  }

  it('ends with an answer', async () => {
    await fc.assert(fc.asyncProperty(told, expectOrderlyEnd), { seed: 20_261_125, numRuns: 150 });
  });

  it('ends with an answer also when what it is told was damaged', async () => {
    const property = fc.asyncProperty(
      told,
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      async (bytes, all) => expectOrderlyEnd(all.reduce(damaged, bytes)),
    );
    await fc.assert(property, { seed: 4_095, numRuns: 250 });
  });
});
