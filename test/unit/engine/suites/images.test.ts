import { describe, expect, it } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { pinImages } from '../../../../src/engine/suites/images.js';
import { parseSuite, type Suite } from '../../../../src/spec/index.js';

const SUITE = parseSuite({
  name: 's',
  defaults: { image: 'base' },
  jobs: [
    {
      name: 'a',
      build: { image: 'builder', command: ['make'], outputs: ['x'] },
      expect: { checker: { image: 'checker', command: ['check'] } },
      cases: [{ name: 'one' }, { name: 'two' }],
    },
    { name: 'b', interactor: { image: 'interactor', command: ['talk'] } },
    { name: 'c', image: 'host', command: ['true'] },
    { name: 'd', image: 'dir:/srv/root', command: ['true'] },
    { name: 'e', image: 'base:2' },
  ],
});

const missing = (name: string): HotcellError =>
  new HotcellError({ code: 'image-not-found', message: `no image "${name}"` });

const find = async (reference: string) => ({ id: `id of ${reference}` });

const idsOf = ({ builds, cases }: Suite) => [
  builds.map(({ job }) => job.imageId),
  cases.map(({ program, expect: { checker }, interactor }) =>
    [program, checker, interactor].map((one) => one?.job.imageId),
  ),
];

describe('pinImages', () => {
  it('asks once for each image, and gives it to programs, builds and companions', async () => {
    const asked: string[] = [];
    const suites = await pinImages([SUITE, { ...SUITE, name: 't' }], {}, async (reference) => {
      asked.push(reference);
      return await find(reference);
    });
    expect(asked).toEqual(['base', 'checker', 'builder', 'interactor', 'base:2']);
    for (const suite of suites) {
      expect(idsOf(suite)).toEqual([
        ['id of builder'],
        [
          ['id of base', 'id of checker', undefined],
          ['id of base', 'id of checker', undefined],
          ['id of base', undefined, 'id of interactor'],
          [null, undefined, undefined],
          [null, undefined, undefined],
          ['id of base:2', undefined, undefined],
        ],
      ]);
    }
    const [first, second] = suites[0]?.cases ?? [];
    expect(first?.program).toBe(second?.program);
    expect(idsOf(SUITE)[0]).toEqual([null]);
  });

  it('changes nothing else', async () => {
    const [pinned] = await pinImages([SUITE], {}, find);
    const without = (suite: Suite | undefined): unknown =>
      JSON.parse(JSON.stringify(suite, (key, value: unknown) => (key === 'imageId' ? undefined : value)));
    expect(without(pinned)).toEqual(without(SUITE));
    expect(pinned?.imagePlaces).toBe(SUITE.imagePlaces);
  });

  it('asks for nothing that is not to run, or is known', async () => {
    const asked: string[] = [];
    const noting = async (reference: string) => await find(asked[asked.push(reference) - 1] ?? '');
    const selection = { filter: ({ job }: { readonly job: string }) => job === 'e' };
    const pinned = await pinImages([SUITE], selection, noting);
    expect(asked).toEqual(['base:2']);
    await pinImages(pinned, selection, noting);
    expect(asked).toEqual(['base:2']);
  });

  it('leaves suites as they are that need no image of the store', async () => {
    const suites = [parseSuite({ jobs: [{ command: ['true'] }, { image: 'dir:/srv', command: ['false'] }] })];
    expect(await pinImages(suites, {}, () => Promise.reject(new Error('asked')))).toBe(suites);
  });

  it('names all that are not there, and where each is named first', async () => {
    const found = pinImages([SUITE], {}, async (reference) => {
      if (reference.startsWith('base')) throw missing(reference);
      return await find(reference);
    });
    await expect(found).rejects.toMatchObject({
      code: 'image-not-found',
      message: 'defaults.image: no image "base"\njobs[4].image: no image "base:2"',
      hint: expect.stringContaining('hotcell image pull'),
    });
  });

  it('names no more of them than can be read', async () => {
    const suite = parseSuite({
      jobs: [{ name: 'a', image: 'base', matrix: { n: Array.from({ length: 30 }, (_, n) => n) } }],
    });
    const cases = suite.cases.map((item, n) => ({
      ...item,
      program: { build: null, job: { ...item.program.job, image: `base:${n}` } },
    }));
    const found = pinImages([{ ...suite, cases }], {}, (reference) => Promise.reject(missing(reference)));
    const { message } = await found.then(
      () => new Error('found'),
      (error: Error) => error,
    );
    expect(message.split('\n')).toHaveLength(26);
    expect(message).toMatch(/"base:24"\n… and 5 more$/);
  });

  it('lets every other fault through', async () => {
    const fault = new HotcellError({ code: 'io', message: 'no' });
    await expect(pinImages([SUITE], {}, () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
