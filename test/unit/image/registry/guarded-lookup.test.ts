import { expect, test } from 'vitest';
import { steadyLookup } from '../../../../src/image/registry/guarded-lookup.js';

const v4 = (address: string) => [{ address, family: 4 }];

test('a name keeps the addresses that it had first', async () => {
  const answers = [v4('1.2.3.4'), v4('127.0.0.1')];
  const lookup = steadyLookup(() => Promise.resolve(answers.shift() ?? []));
  expect(await lookup('a')).toEqual(v4('1.2.3.4'));
  expect(await lookup('a')).toEqual(v4('1.2.3.4'));
  expect(await lookup('b')).toEqual(v4('127.0.0.1'));
});

test('a name that was not found is looked up again', async () => {
  let count = 0;
  const lookup = steadyLookup(() =>
    count++ === 0 ? Promise.reject(new Error('no')) : Promise.resolve(v4('1.1.1.1')),
  );
  await expect(lookup('a')).rejects.toThrow('no');
  expect(await lookup('a')).toEqual(v4('1.1.1.1'));
});
