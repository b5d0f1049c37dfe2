import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarOf } from '../../support/archives/index.js';
import { type RegistryServer, startRegistry } from '../images-registry/server.js';
import { archiveOf, type Home, idOf, rootTar, testImage, useHome } from './image-support.js';
import { MAIN } from './support.js';

let registry: RegistryServer;

beforeAll(async () => {
  registry = await startRegistry();
});

afterAll(async () => {
  await registry.stop();
});

const home = useHome();

const IMAGE = testImage({ layers: [{ tar: rootTar() }, { tar: tarOf([{ name: 'srv/x', body: 'x' }]) }] });

/** Digests and ports as they may be. */
const settled = (text: string): string =>
  text
    .replaceAll(registry.host, 'HOST')
    .replace(/sha256:[0-9a-f]{64}/g, 'DIGEST')
    .replace(/\b[0-9a-f]{12}\b/g, 'LAYER')
    .replace(/size: \d+/, 'size: SIZE');

/** Puts the image into the registry, and leaves none here. @returns what pushing said */
async function pushed(name: string, image = IMAGE): Promise<string> {
  const reference = `${registry.host}/${name}`;
  await home.hotcell(['load'], archiveOf(image));
  await home.hotcell(['tag', 'tool:1.0', reference]);
  const { out, code } = await home.hotcell(['push', reference]);
  expect(code).toBe(0);
  await home.hotcell(['rmi', 'tool:1.0', reference]);
  expect((await home.hotcell(['images', '-q'])).out).toBe('');
  return out;
}

describe('push and pull in a pipe', () => {
  it("say docker's words, and what is pulled is what was pushed", async () => {
    const reference = `${registry.host}/team/tool:1`;
    expect(
      settled(await pushed('team/tool:1'))
        .split('\n')
        .sort(),
    ).toEqual([
      '',
      '1: digest: DIGEST size: SIZE',
      'LAYER: Preparing',
      'LAYER: Preparing',
      'LAYER: Pushed',
      'LAYER: Pushed',
      'The push refers to repository [HOST/team/tool]',
    ]);
    const pulled = await home.hotcell(['pull', reference]);
    expect([pulled.code, pulled.err]).toEqual([0, '']);
    const lines = settled(pulled.out).split('\n');
    expect(lines[0]).toBe('1: Pulling from team/tool');
    expect(lines.filter((line) => line === 'LAYER: Pulling fs layer')).toHaveLength(2);
    expect(lines.filter((line) => line === 'LAYER: Pull complete')).toHaveLength(2);
    expect(lines.slice(-4)).toEqual([
      'Digest: DIGEST',
      'Status: Downloaded newer image for HOST/team/tool:1',
      'HOST/team/tool:1',
      '',
    ]);
    expect((await home.hotcell(['images', '-q', '--no-trunc'])).out).toBe(`${idOf(IMAGE)}\n`);
    const [, digest = ''] = /^Digest: (.*)$/m.exec(pulled.out) ?? [];
    const format = '{{.Repository}}@{{.Digest}} {{.Tag}}';
    expect((await home.hotcell(['images', '--digests', '--format', format])).out).toBe(
      `${registry.host}/team/tool@${digest} 1\n`,
    );
    expect(
      settled((await home.hotcell(['pull', reference])).out)
        .split('\n')
        .slice(-3),
    ).toEqual(['Status: Image is up to date for HOST/team/tool:1', 'HOST/team/tool:1', '']);
  });

  it('have nothing but ids with -q', async () => {
    await pushed('team/quiet:1');
    const reference = `${registry.host}/team/quiet:1`;
    const pulled = await home.hotcell(['pull', '-q', reference]);
    expect(pulled).toEqual({ code: 0, out: `${idOf(IMAGE)}\n`, err: '' });
    const again = await home.hotcell(['image', 'push', '--quiet', reference]);
    expect(again.out).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(settled((await home.hotcell(['push', reference])).out)).toContain('LAYER: Layer already exists\n');
  });

  it('say in a line what the registry does not have', async () => {
    const { code, out, err } = await home.hotcell(['pull', `${registry.host}/team/none:1`]);
    expect([code, out]).toEqual([1, '']);
    expect(settled(err)).toMatch(/^hotcell pull: .*HOST\/team\/none:1/);
  });
});

const DRIVER = fileURLToPath(new URL('drive-pty.py', import.meta.url));

interface Seen {
  readonly code: number;
  readonly screen: string;
  readonly restored: boolean;
}

async function onTerminal(
  argv: readonly string[],
  cols: number,
  steps: readonly object[],
  { directory }: Home,
): Promise<Seen> {
  const task = { argv: [process.execPath, MAIN, ...argv], rows: 24, cols, steps };
  const env = { CI: '', TERM: 'xterm', HOTCELL_HOME: join(directory, 'home'), DOCKER_CONFIG: directory };
  const { stdout } = await execa('python3', [DRIVER], { input: JSON.stringify(task), env });
  return JSON.parse(stdout) as Seen;
}

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

/** Large enough for a bar to be seen. */
const LARGE = testImage({
  layers: [{ tar: tarOf([{ name: 'large', body: randomBytes(64 * 1024 ** 2) }]) }, { tar: rootTar() }],
});

describe.each([
  [80, /[0-9a-f]{12} (Downloading|Extracting) +.*[█▏▎▍▌▋▊▉].*B\/67\.1MB/],
  [40, /[0-9a-f]{12} (Downloading|Extracting) [^█]*B\/67\.1MB/],
])('pull on a terminal of %d columns', (cols, bar) => {
  it('shows how far each layer has got, and leaves what was done', async () => {
    await pushed(`team/large:${cols}`, LARGE);
    const reference = `${registry.host}/team/large:${cols}`;
    const steps = [{ wait: 'Status' }];
    const { code, screen, restored } = await onTerminal(['pull', reference], cols, steps, home);
    expect([code, restored]).toEqual([0, true]);
    expect(screen).toMatch(bar);
    expect(screen.split(': Pull complete').length - 1).toBe(2);
    expect(screen.split(HIDE)).toHaveLength(2);
    const [, afterwards = ''] = screen.split(SHOW);
    expect(afterwards.replaceAll('\r', '')).toMatch(
      /^Digest: sha256:[0-9a-f]{64}\nStatus: Downloaded newer image/,
    );
  });
});

it('gives the cursor back at Ctrl-C, and leaves nothing half done', async () => {
  await pushed('team/broken:1', LARGE);
  const reference = `${registry.host}/team/broken:1`;
  const steps = [{ wait: 'Downloading', send: '\u0003' }];
  const { code, screen, restored } = await onTerminal(['pull', reference], 80, steps, home);
  expect([code, restored]).toEqual([130, true]);
  expect(screen.lastIndexOf(SHOW)).toBeGreaterThan(screen.lastIndexOf(HIDE));
  expect((await home.hotcell(['images', '-q'])).out).toBe('');
  expect((await home.hotcell(['pull', '-q', reference])).code).toBe(0);
});
