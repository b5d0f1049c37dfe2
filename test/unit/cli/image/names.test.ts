import { expect, it } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { FakeIo } from '../support.js';
import { details, FakeImages, id, image } from './support.js';

const IMAGES = () => new FakeImages([details({ id: id('b1'), tags: ['alpine:3.20'] })]);

it('tags', async () => {
  const images = IMAGES();
  expect(await image(['tag', 'alpine:3.20', 'mine'], { images })).toEqual({ code: 0, out: '', err: '' });
  expect(images.asked).toEqual([['tag', 'alpine:3.20', 'mine']]);
  expect(await image(['image', 'tag', 'nothing', 'mine'], { images })).toEqual({
    code: 1,
    out: '',
    err: 'hotcell image tag: there is no image "nothing"\n',
  });
  expect((await image(['tag', 'one'], { images })).code).toBe(2);
});

it('removes, and goes on after an image that a run uses', async () => {
  const images = IMAGES();
  images.removing = async (reference) => {
    if (reference === 'used') {
      const message = 'image "used" is in use by a run';
      throw new HotcellError({ code: 'image-in-use', message, hint: 'end the run first' });
    }
    return { untagged: [`${reference}\u001b[2J`], deleted: [id('b1')] };
  };
  expect(await image(['rmi', '-f', 'used', 'alpine'], { images })).toEqual({
    code: 1,
    out: `Untagged: alpine\\u{1b}[2J\nDeleted: ${id('b1')}\n`,
    err: 'hotcell rmi: image "used" is in use by a run\nhotcell rmi: end the run first\n',
  });
  expect(images.asked).toEqual([
    ['remove', 'used', { force: true }],
    ['remove', 'alpine', { force: true }],
  ]);
  expect(images.isClosed).toBe(true);
});

it('lists the steps in which an image was made', async () => {
  const images = IMAGES();
  images.steps = [
    { id: id('b1'), createdAt: '2026-01-01T00:00:00Z', createdBy: 'CMD ["sh"]', sizeBytes: 0, comment: '' },
    {
      ...{ id: null, createdAt: null, sizeBytes: 5_600_000, comment: 'base\u001b[31m' },
      createdBy: `/bin/sh -c #(nop) ADD file:${'0'.repeat(60)}\tin /`,
    },
  ];
  expect(await image(['image', 'history', 'alpine:3.20'], { images })).toEqual({
    code: 0,
    out: [
      'IMAGE          CREATED      CREATED BY                                      SIZE      COMMENT',
      'b10000000000   7 days ago   CMD ["sh"]                                      0B',
      '<missing>      N/A          /bin/sh -c #(nop) ADD file:00000000000000000…   5.6MB     base\\u{1b}[31m',
      '',
    ].join('\n'),
    err: '',
  });
  expect((await image(['image', 'history', '-q', '--no-trunc', 'alpine:3.20'], { images })).out).toBe(
    `${id('b1')}\n<missing>\n`,
  );
});

it.each([
  ['y\n', 0],
  ['YES\n', 0],
  ['n\n', 1],
  ['\n', 1],
  ['yes please\n', 1],
])('prunes after the answer %j: exit code %d', async (answer, code) => {
  const images = IMAGES();
  images.pruned = { untagged: [], deleted: [id('c2')], freedBytes: 5_600_000 };
  const io = new FakeIo();
  io.input.write(answer);
  const said = await image(['image', 'prune'], { images, io });
  expect(said.code).toBe(code);
  expect(said.err).toBe(
    'WARNING! This will remove all images without a name.\nAre you sure you want to continue? [y/N] ',
  );
  expect(images.asked).toEqual(code === 0 ? [['prune', false, undefined]] : []);
  const out = `Deleted Images:\ndeleted: ${id('c2')}\n\nTotal reclaimed space: 5.6MB\n`;
  expect(said.out).toBe(code === 0 ? out : '');
});

it('prunes nothing when nobody answers', async () => {
  const images = IMAGES();
  const io = new FakeIo();
  io.input.end();
  const { code, err } = await image(['image', 'prune', '-a'], { images, io });
  expect(code).toBe(2);
  expect(err).toContain('that no run uses, also those with a name.\n');
  expect(err).toContain(
    'hotcell image prune: nobody is there to answer; use --force to prune without asking\n',
  );
  expect(images.asked).toEqual([]);
});

it('prunes only what fits the filters, without asking', async () => {
  const images = new FakeImages([
    details({ id: id('b1'), labels: { keep: '1' }, createdAt: '2025-01-01T00:00:00Z' }),
    details({ id: id('c2'), createdAt: '2025-01-01T00:00:00Z' }),
    details({ id: id('d3'), createdAt: '2026-01-07T23:00:00Z' }),
  ]);
  const filters = ['--filter', 'label!=keep', '--filter', 'until=24h'];
  expect(await image(['image', 'prune', '-af', ...filters], { images })).toEqual({
    code: 0,
    out: 'Total reclaimed space: 0B\n',
    err: '',
  });
  expect(images.asked).toEqual([['prune', true, [id('c2')]]]);
  expect((await image(['image', 'prune', '--filter', 'reference=x'], { images })).err).toContain(
    '"reference" is no filter; use one of until, label, label!',
  );
});
