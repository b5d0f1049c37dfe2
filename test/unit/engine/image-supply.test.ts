import { describe, expect, it } from 'vitest';
import { HotcellError } from '../../../src/core/index.js';
import { type ImageSupply, obtainImage, type PullPolicy } from '../../../src/engine/image-supply.js';
import type { ResolvedImage } from '../../../src/spec/index.js';

/** A store with some images, and a registry that has all. */
function supplyOf(...names: string[]): { supply: ImageSupply; pulled: string[] } {
  const there = new Set(names);
  const pulled: string[] = [];
  const supply: ImageSupply = {
    resolve: async (reference) => {
      if (!there.has(reference)) throw new HotcellError({ code: 'image-not-found', message: 'no' });
      return { reference, id: `id of ${reference}` } as ResolvedImage;
    },
    pull: async (reference) => {
      pulled.push(reference);
      there.add(reference);
    },
  };
  return { supply, pulled };
}

describe('obtainImage', () => {
  it.each<[PullPolicy, string, number]>([
    ['never', 'here', 0],
    ['missing', 'here', 0],
    ['missing', 'there', 1],
    ['always', 'here', 1],
    ['always', 'there', 1],
  ])('with %s pulls %s %i times', async (pull, reference, times) => {
    const { supply, pulled } = supplyOf('here');
    expect(await obtainImage(supply, reference, { pull })).toMatchObject({ id: `id of ${reference}` });
    expect(pulled).toHaveLength(times);
  });

  it('pulls nothing when it must not, or when something else is wrong', async () => {
    const { supply, pulled } = supplyOf();
    await expect(obtainImage(supply, 'a', { pull: 'never' })).rejects.toMatchObject({
      code: 'image-not-found',
    });
    const broken = {
      ...supply,
      resolve: () => Promise.reject(new HotcellError({ code: 'io', message: 'no' })),
    };
    await expect(obtainImage(broken, 'a', { pull: 'missing' })).rejects.toMatchObject({ code: 'io' });
    expect(pulled).toEqual([]);
  });
});
