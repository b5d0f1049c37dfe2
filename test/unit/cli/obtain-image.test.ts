import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ImageFinder,
  Interrupted,
  inTermsOfImageFlag,
  obtainImage,
  type PullPolicy,
} from '../../../src/cli/obtain-image.js';
import { HotcellError } from '../../../src/core/index.js';
import type { ResolvedImage } from '../../../src/spec/index.js';
import { cli, FakeIo } from './support.js';

const missing = new HotcellError({ code: 'image-not-found', message: 'there is no image "there"' });
const HOW = { quiet: false, color: true };

/** A store with one image, and a registry that has all. */
function finderWith(name: string) {
  const there = new Set([name]);
  const log: string[] = [];
  const io = new FakeIo();
  const finder: ImageFinder = {
    io,
    findImage: async (reference) => {
      if (!there.has(reference)) throw missing;
      return { reference, id: `id of ${reference}` } as ResolvedImage;
    },
    openImages: async () => ({
      pull: async (reference, { onProgress }) => {
        log.push(`pull ${reference}`);
        onProgress?.({ id: 'sha256:abc', phase: 'downloading', current: 0, total: 1 });
        there.add(reference);
        return { id: 'id', digest: 'digest', reference, isNew: true };
      },
      close: async () => {
        log.push('close');
      },
    }),
  };
  return { finder, log, io };
}

describe('obtainImage', () => {
  it.each<[PullPolicy, string, string[]]>([
    ['never', 'here', []],
    ['missing', 'here', []],
    ['missing', 'there', ['pull there', 'close']],
    ['always', 'here', ['pull here', 'close']],
    ['always', 'there', ['pull there', 'close']],
  ])('with %s fetches %s so: %j', async (pull, reference, expected) => {
    const { finder, log, io } = finderWith('here');
    const found = await obtainImage(reference, { ...HOW, pull }, finder);
    expect(found).toMatchObject({ id: `id of ${reference}` });
    expect(log).toEqual(expected);
    expect(io.stdout.text).toBe('');
    expect(io.stderr.text).toContain(expected.length > 0 ? `pulling ${reference}` : '');
  });

  it('fetches nothing when it must not, or when something else is wrong', async () => {
    const { finder, log, io } = finderWith('here');
    await expect(obtainImage('there', { ...HOW, pull: 'never' }, finder)).rejects.toBe(missing);
    const fault = new HotcellError({ code: 'io', message: 'no' });
    const broken = { ...finder, findImage: () => Promise.reject(fault) };
    await expect(obtainImage('there', { ...HOW, pull: 'missing' }, broken)).rejects.toBe(fault);
    expect([log, io.stderr.text]).toEqual([[], '']);
  });

  it('closes the store when it could not fetch', async () => {
    const { finder, log } = finderWith('here');
    const fault = new HotcellError({ code: 'registry', message: 'no' });
    const openImages = async () => ({ ...(await finder.openImages()), pull: () => Promise.reject(fault) });
    await expect(
      obtainImage('there', { quiet: true, color: true, pull: 'missing' }, { ...finder, openImages }),
    ).rejects.toBe(fault);
    expect(log).toEqual(['close']);
  });
});

describe('fetching', () => {
  it('is broken off by a signal, and says nothing of it', async () => {
    const { finder, log, io } = finderWith('here');
    const openImages = async () => ({
      ...(await finder.openImages()),
      pull: async (_reference: string, { signal }: { readonly signal?: AbortSignal | undefined }) => {
        io.signal('SIGTERM');
        signal?.throwIfAborted();
        throw new Error('not broken off');
      },
    });
    const how = { quiet: true, color: true, pull: 'missing' } as const;
    await expect(obtainImage('there', how, { ...finder, openImages })).rejects.toEqual(new Interrupted(143));
    expect([log, io.stderr.text, io.signal('SIGTERM')]).toEqual([['close'], '', false]);
    const { code, err } = await cli(['run', '--image', 'there', '--pull', 'missing', 'x'], {
      io: Object.assign(io, { cwd: '/' }),
      findImage: finder.findImage,
      openImages: openImages as never,
    });
    expect([code, err]).toEqual([143, 'pulling there\n']);
  });
});

describe('an image that is not there', () => {
  let cwd = '';
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'obtain-'));
    writeFileSync(join(cwd, 'debian.tar'), '');
    mkdirSync(join(cwd, 'rootfs'));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  it.each([
    ['debian', 'fetch it with --pull missing, or load it with "hotcell image load -i PATH"'],
    ['debian.tar', 'there is a file of that name: hotcell image load -i debian.tar'],
    ['rootfs', 'there is a directory of that name: --image dir:./rootfs'],
  ])('is told of with what to do about %s', async (reference, hint) => {
    expect(await inTermsOfImageFlag(missing, reference, cwd)).toMatchObject({
      code: 'image-not-found',
      message: '--image: there is no image "there"',
      hint,
    });
  });

  it('is told of with what the store says, where nothing of that name is here', async () => {
    const hint = 'use more digits';
    const said = new HotcellError({ code: 'image-not-found', message: 'no', hint });
    expect(await inTermsOfImageFlag(said, 'debian', cwd)).toMatchObject({ hint });
    expect(await inTermsOfImageFlag(said, 'rootfs', cwd)).toMatchObject({
      hint: expect.stringContaining('a directory of that name'),
    });
  });

  it('is the only error that is worded anew', async () => {
    const fault = new HotcellError({ code: 'registry', message: 'no' });
    expect(await inTermsOfImageFlag(fault, 'debian', cwd)).toBe(fault);
  });
});
