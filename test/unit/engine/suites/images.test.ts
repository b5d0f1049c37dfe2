import { describe, expect, it } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import { findImages, withImageId } from '../../../../src/engine/suites/images.js';
import { select } from '../../../../src/engine/suites/select.js';
import { parseJob, parseSuite } from '../../../../src/spec/index.js';

const SUITE = parseSuite({
  name: 's',
  defaults: { image: 'base' },
  jobs: [
    {
      name: 'a',
      build: { image: 'builder', command: ['make'], outputs: ['x'] },
      expect: { checker: { image: 'checker', command: ['check'] } },
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

describe('findImages', () => {
  it('asks once for each image of programs, builds and companions', async () => {
    const asked: string[] = [];
    const ids = await findImages(select([SUITE, { ...SUITE, name: 't' }], {}), async (reference) => {
      asked.push(reference);
      return await find(reference);
    });
    expect(asked).toEqual(['base', 'builder', 'checker', 'interactor', 'base:2']);
    expect(ids.get('checker')).toBe('id of checker');
  });

  it('asks for nothing that is not to run', async () => {
    const ids = await findImages(select([SUITE], { filter: ({ job }) => job === 'e' }), find);
    expect([...ids.keys()]).toEqual(['base:2']);
  });

  it('names all that are not there, and where each is named first', async () => {
    const found = findImages(select([SUITE], {}), async (reference) => {
      if (reference.startsWith('base')) throw missing(reference);
      return await find(reference);
    });
    await expect(found).rejects.toMatchObject({
      code: 'image-not-found',
      message: 'defaults.image: no image "base"\njobs[4].image: no image "base:2"',
      hint: expect.stringContaining('hotcell image pull'),
    });
  });

  it('lets every other fault through', async () => {
    const fault = new HotcellError({ code: 'io', message: 'no' });
    await expect(findImages(select([SUITE], {}), () => Promise.reject(fault))).rejects.toBe(fault);
  });
});

describe('withImageId', () => {
  it('leaves alone what has no image of the store', () => {
    const job = parseJob({ command: ['true'] });
    expect(withImageId(job, new Map([['debian', 'id']]))).toBe(job);
    expect(withImageId(parseJob({ image: 'debian' }), new Map([['debian', 'id']])).imageId).toBe('id');
  });
});
