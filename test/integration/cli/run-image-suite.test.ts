/** Suites whose jobs run in images of the store. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createImages } from '../../../src/engine/images/index.js';
import { createHotcell, type Outcome } from '../../../src/engine/index.js';
import { startRegistry } from '../images-registry/server.js';
import { archiveOf, idOf, testImage } from './image-support.js';
import { hotcell, useDirectory } from './support.js';

const directory = useDirectory();

async function cli(argv: readonly string[], input: Uint8Array | string = '') {
  const { code, stdout, stderr } = await hotcell(argv, { cwd: directory.path, input });
  return { code, out: stdout.toString(), err: stderr };
}

async function load(tag: string, value: string): Promise<string> {
  const image = testImage({
    tag,
    config: { Entrypoint: ['/bin/print-environment'], Env: [`VALUE=${value}`] },
  });
  const { code, err } = await cli(['image', 'load'], archiveOf(image));
  expect([code, err]).toEqual([0, '']);
  return idOf(image);
}

const write = (text: string): void => writeFileSync(join(directory.path, 'a.suite.yaml'), text);

interface Reported {
  readonly outcomes: readonly { readonly job: string; readonly image: unknown; readonly verdict: string }[];
}

async function report(...flags: string[]) {
  const ran = await cli(['test', '--reporter', 'json', ...flags, 'a.suite.yaml']);
  return { ...ran, outcomes: ran.out === '' ? [] : (JSON.parse(ran.out) as Reported).outcomes };
}

const SUITE = `
defaults: { image: "tool:\${matrix.version}", expect: { stdout: { compare: matches, text: "VALUE=\${matrix.version}" } } }
jobs:
  - name: each
    matrix: { version: ["1", "2"] }
    cases: [{ name: a }, { name: b, args: [x] }]
`;

describe('suites', () => {
  it.each([[[]], [['--workers', '0']]])('run each case in its image, with %j', async (flags) => {
    const ids = [await load('tool:1', '1'), await load('tool:2', '2')];
    write(SUITE);
    const { code, err, outcomes } = await report(...flags);
    expect([code, err.includes('error')]).toEqual([0, false]);
    const images = outcomes.map(({ job, image }) => JSON.stringify([job, image])).sort();
    expect(images).toEqual(
      ids
        .map((id, index) =>
          JSON.stringify([`each[version=${index + 1}]`, { reference: `tool:${index + 1}`, id }]),
        )
        .flatMap((line) => [line, line]),
    );
  });

  it('do not begin when an image is not there, which is named with its place', async () => {
    write(SUITE.replace('"2"', '"3"'));
    const before = (await cli(['ps', '-a', '-q'])).out;
    const { code, out, err } = await report();
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^hotcell: a\.suite\.yaml:2:20: .*"tool:3".*\nhotcell: .*hotcell image pull/);
    expect(await cli(['validate', 'a.suite.yaml'])).toMatchObject({ code: 0 });
    expect((await cli(['ps', '-a', '-q'])).out).toBe(before);
  });
});

describe('an image that is pulled', () => {
  it('is fetched by run and test only where that is asked for', async () => {
    const registry = await startRegistry();
    onTestFinished(async () => await registry.stop());
    const name = `${registry.host}/tool:9`;
    await load('tool:9', '9');
    for (const argv of [
      ['image', 'tag', 'tool:9', name],
      ['image', 'push', name],
      ['image', 'rm', 'tool:9', name],
    ]) {
      expect(await cli(argv)).toMatchObject({ code: 0 });
    }
    expect(await cli(['run', '--image', name])).toMatchObject({ code: 125, out: '' });
    const pulled = await cli(['run', '--pull', 'missing', '--image', name]);
    expect([pulled.code, pulled.out]).toEqual([0, expect.stringContaining('env VALUE=9\n')]);
    expect(pulled.err).toContain(`pulling ${name}\n`);
    expect((await cli(['run', '--pull', 'missing', '--image', name])).err).toBe('');

    expect((await cli(['image', 'rm', name])).code).toBe(0);
    write(`jobs: [{ name: a, image: "${name}" }]`);
    expect((await report()).code).toBe(2);
    expect(await report('--pull', 'missing')).toMatchObject({ code: 0, outcomes: [{ verdict: 'passed' }] });
    const unknown = await cli(['run', '--pull', 'missing', '--image', `${registry.host}/tool:10`]);
    expect([unknown.code, unknown.out]).toEqual([125, '']);
    expect(unknown.err).toMatch(/^pulling .*\nhotcell: .*tool/);
  });
});

describe('an image that is removed', () => {
  it('once its suite has begun is missed by every case', async () => {
    const home = join(directory.path, 'home');
    await using images = await createImages({ home });
    const image = testImage({ tag: 'tool:7' });
    writeFileSync(join(directory.path, 'tool.tar'), archiveOf(image));
    await images.load({ path: join(directory.path, 'tool.tar') });
    await using cell = await createHotcell({ home });
    expect(await cell.run({ image: 'tool:7' })).toMatchObject({ status: 'ok', image: { id: idOf(image) } });
    const removing = {
      onStart: async () => void (await images.remove('tool:7')),
      onOutcome: () => undefined,
    };
    const suite = { jobs: [{ name: 'a', image: 'tool:7' }] };
    const outcomes: Outcome[] = [];
    for await (const one of cell.runSuite(suite, { workers: 0, reporters: [removing] })) outcomes.push(one);
    expect(outcomes).toMatchObject([
      {
        status: 'start-failed',
        verdict: 'error',
        message: `image "tool:7" has been removed; it was ${idOf(image)}`,
        image: { reference: 'tool:7', id: idOf(image) },
      },
    ]);
    await expect(cell.run({ image: 'tool:7' })).rejects.toMatchObject({ code: 'image-not-found' });
  });
});
