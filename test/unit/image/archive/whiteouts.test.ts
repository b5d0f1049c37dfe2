import { describe, expect, it } from 'vitest';
import { refusal, toldOf, unpack } from './unpacking.js';

describe('whiteouts', () => {
  it('hide what lower layers have', async () => {
    expect(await toldOf({ name: '.wh.top' }, { name: 'd/', type: '5' }, { name: 'd/.wh.x' })).toEqual([
      'whiteout top',
      'directory d',
      'whiteout d/x',
    ]);
  });

  it('may be hard links, as AUFS had them', async () => {
    expect(await toldOf({ name: '.wh.x', type: '1', link: '.wh..wh.aufs' })).toEqual(['whiteout x']);
  });

  it.each(['.wh.', '.wh..', '.wh...', 'd/.wh.', 'd/.wh..', 'd/.wh...', 'd/.wh../', './.wh...'])(
    'are refused when they would mean the directory or its parent: %s',
    async (name) => {
      expect(await refusal([{ name: 'd/', type: '5' }, { name }])).toMatch(
        /a whiteout of nothing that has a name|must be an empty file/,
      );
    },
  );

  it.each([
    ['a directory', { type: '5' }],
    ['a symbolic link', { type: '2', link: '/etc' }],
    ['a device', { type: '3' }],
    ['a FIFO', { type: '6' }],
    ['a file that is not empty', { body: 'x' }],
  ])('are refused when they are %s', async (_what, fields) => {
    expect(await refusal([{ name: '.wh.x', ...fields }])).toMatch(
      /named like a whiteout, which must be an empty file/,
    );
    expect(await refusal([{ name: 'd/.wh..wh..opq', ...fields }])).toMatch(/named like a whiteout/);
  });

  it('are refused as directories in a path', async () => {
    expect(await refusal([{ name: '.wh.d/f' }])).toMatch(/a directory in its path is named like a whiteout/);
    expect(await refusal([{ name: 'a/.wh..wh..opq/f' }])).toMatch(
      /a directory in its path is named like a whiteout/,
    );
  });

  it('of names that begin like whiteouts themselves are refused', async () => {
    expect(await refusal([{ name: '.wh..wh.x' }])).toMatch(
      /names that begin with "\.wh\.\.wh\." are reserved/,
    );
    expect(await refusal([{ name: 'd/.wh..wh.plnk' }])).toMatch(/are reserved/);
  });

  it('say nothing of names that only contain the mark', async () => {
    expect(await toldOf({ name: 'a.wh.b' }, { name: '.whx' }, { name: 'wh.y' })).toEqual([
      'file a.wh.b',
      'file .whx',
      'file wh.y',
    ]);
  });

  it('come to the tree in the order of the layer, which keeps what it has itself', async () => {
    expect(await toldOf({ name: 'f' }, { name: '.wh.f' }, { name: 'h', type: '1', link: 'f' })).toEqual([
      'file f',
      'whiteout f',
      'hardlink h => f',
    ]);
    expect(await toldOf({ name: '.wh.f' }, { name: 'f' })).toEqual(['whiteout f', 'file f']);
  });

  it('become directories when something lies below them', async () => {
    expect(await toldOf({ name: '.wh.d' }, { name: 'd/f' })).toEqual([
      'whiteout d',
      'directory d',
      'file d/f',
    ]);
  });

  it('need the directories that they are in', async () => {
    expect(await toldOf({ name: 'a/b/.wh.x' })).toEqual(['directory a', 'directory a/b', 'whiteout a/b/x']);
    expect(await refusal([{ name: 'f' }, { name: 'f/.wh.x' }])).toMatch(/"f" is no directory/);
  });

  it('below a symbolic link are told to the tree, which follows it inside the layer', async () => {
    expect(
      await toldOf({ name: 'l', type: '2', link: '/' }, { name: 'l/.wh.etc' }, { name: 'l/.wh..wh..opq' }),
    ).toEqual(['symlink l -> /', 'whiteout l/etc', 'opaque l']);
  });
});

describe('opaque directories', () => {
  it('hide everything that lower layers have there, whatever comes first', async () => {
    const opaque = { name: 'd/.wh..wh..opq' };
    expect(await toldOf({ name: 'd/', type: '5' }, opaque, { name: 'd/f' })).toEqual([
      'directory d',
      'opaque d',
      'file d/f',
    ]);
    expect(await toldOf({ name: 'd/f' }, opaque)).toEqual(['directory d', 'file d/f', 'opaque d']);
    expect(await toldOf(opaque)).toEqual(['directory d', 'opaque d']);
    expect(await toldOf({ name: '.wh.d' }, opaque)).toEqual(['whiteout d', 'directory d', 'opaque d']);
  });

  it('are refused for the root, which overlays cannot do', async () => {
    expect(await refusal([{ name: '.wh..wh..opq' }])).toMatch(/everything below the root is not supported/);
    expect(await refusal([{ name: './.wh..wh..opq' }])).toMatch(/everything below the root/);
  });

  it('are refused where something else is', async () => {
    expect(await refusal([{ name: 'f' }, { name: 'f/.wh..wh..opq' }])).toMatch(/"f" is no directory/);
  });
});

describe('what AUFS kept for itself', () => {
  it('is passed over, content and all', async () => {
    const { told, tree } = await unpack([
      { name: '.wh..wh.aufs' },
      { name: '.wh..wh.plnk/', type: '5' },
      { name: './.wh..wh.plnk/12.34', body: 'a file with several names' },
      { name: '.wh..wh.orph/', type: '5' },
      { name: 'f' },
    ]);
    expect(told).toEqual(['file f 644 0:0 @0 0']);
    expect(tree.dataBytes).toBe(0);
  });
});
