import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Services } from '../../../../src/cli/perform-actions.js';
import { HotcellError } from '../../../../src/core/index.js';
import { loadSuites, type ResolvedImage } from '../../../../src/spec/index.js';
import { cli, FakeIo } from '../support.js';
import { FakeKit, FakeSuiteEngine } from './support.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'test-images-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const SUITE = `
defaults: { image: debian:12 }
jobs:
  - name: a
    cases: [{ name: one }, { name: two }]
  - name: b
    image: debain
  - name: c
    image: host
    command: [true]
`;

/** What was run with which image, of a store that has these, and a registry that has all. */
async function test(argv: readonly string[], ...names: string[]) {
  writeFileSync(join(dir, 's.suite.yaml'), SUITE.replace('[true]', '["true"]'));
  const there = new Set(names);
  const kit = Object.assign(new FakeKit(), {
    loadSuites: (paths: readonly string[], options: object) => loadSuites(paths, options),
  });
  const ran: [string, string | null][] = [];
  kit.engine = new FakeSuiteEngine((_options, suites) => {
    for (const { cases } of suites)
      for (const { job, program } of cases) ran.push([job, program.job.imageId]);
    return [];
  });
  const pulled: string[] = [];
  const services: Partial<Omit<Services, 'io'>> = {
    loadKit: async () => kit as never,
    findImage: async (reference) => {
      if (!there.has(reference))
        throw new HotcellError({ code: 'image-not-found', message: `there is no image "${reference}"` });
      return { id: `id of ${reference}` } as ResolvedImage;
    },
    openImages: async () =>
      ({
        pull: async (reference: string) => {
          pulled.push(reference);
          there.add(reference);
        },
        close: async () => undefined,
      }) as never,
  };
  const io = Object.assign(new FakeIo(), { cwd: dir });
  const { code, err } = await cli(['test', ...argv, 's.suite.yaml'], { io, ...services });
  return { code, err, ran, pulled };
}

describe('hotcell test with images of the store', () => {
  it('says before anything runs which are not there, and where they are named', async () => {
    const { code, err, ran, pulled } = await test([]);
    expect(err).toBe(
      [
        'hotcell: s.suite.yaml:2:20: there is no image "debian:12"',
        'hotcell: s.suite.yaml:7:12: there is no image "debain"',
        'hotcell: fetch it with "hotcell image pull NAME" or --pull missing, or load it with "hotcell image load -i PATH"',
        '',
      ].join('\n'),
    );
    expect([code, ran, pulled]).toEqual([2, [], []]);
  });

  it('runs each in the image that there is', async () => {
    expect((await test([], 'debian:12', 'debain')).ran).toEqual([
      ['a', 'id of debian:12'],
      ['a', 'id of debian:12'],
      ['b', 'id of debain'],
      ['c', null],
    ]);
  });

  it('does not need those of what does not run', async () => {
    expect((await test(['--filter', '› one'], 'debian:12')).ran).toHaveLength(4);
    expect((await test(['--list'])).code).toBe(0);
  });

  it('fetches what is not there, or all, if it is told to', async () => {
    expect((await test(['--pull', 'missing'], 'debian:12')).pulled).toEqual(['debain']);
    const { pulled, err } = await test(['--pull=always'], 'debian:12');
    expect(pulled).toEqual(['debian:12', 'debain']);
    expect(err).toContain('pulling debian:12\n');
    expect((await test(['--pull=alway'])).err).toContain('--pull: "alway" is not allowed; use one of');
  });
});
