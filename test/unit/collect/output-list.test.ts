import { describe, expect, it } from 'vitest';
import { OutputList } from '../../../src/collect/index.js';

const file = (path: string) => ({ path, bytes: 1, sha256: 'a'.repeat(64), mode: 0o644, error: null });

describe('the list of outputs', () => {
  it('has each of them', () => {
    const list = new OutputList();
    for (const name of ['a', 'b']) list.add(file(name));
    expect(list.files.map(({ path }) => path)).toEqual(['a', 'b']);
  });

  it('is bounded whatever the names are, and says how many are left out', () => {
    const list = new OutputList();
    for (let index = 0; index < 10_000; index++) list.add(file('\u0001'.repeat(4000)));
    const { files } = list;
    expect(JSON.stringify(files).length).toBeLessThan(1_100_000);
    const left = 10_000 - (files.length - 1);
    expect(files.at(-1)?.error).toBe(`${left} further files are not listed: the list is over 1 MiB`);
  });
});
