/** Images go to and fro between Hotcell and the tools of others, in every format they share, and stay what they are. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { dockerArchive, ociTar, type TestImage, tarOf } from '../support/archives/index.js';
import { text } from '../support/cell.js';
import { debootstrap } from '../support/debootstrap.js';
import { useStores } from '../support/images/store.js';
import { program } from '../support/programs.js';

const stores = useStores();

/** Two layers: the upper one takes a file away, and changes another. */
const IMAGE: TestImage = {
  tag: 'registry.example/tools/hello:1.0',
  layers: [
    {
      tar: tarOf([
        { name: 'bin/', type: '5', mode: 0o755 },
        { name: 'bin/echo-stdin', mode: 0o755, body: readFileSync(program('echo-stdin')) },
        { name: 'etc/', type: '5', mode: 0o755 },
        { name: 'etc/gone', body: 'low' },
        { name: 'etc/same', body: 'low' },
      ]),
    },
    {
      tar: tarOf([
        { name: 'etc/', type: '5', mode: 0o755 },
        { name: 'etc/.wh.gone' },
        { name: 'etc/same', body: 'high' },
        { name: 'etc/link', type: '2', link: '/etc/same' },
      ]),
    },
  ],
  config: { Entrypoint: ['/bin/echo-stdin'], Env: ['A=1'], WorkingDir: '/etc', Labels: { made: 'by hand' } },
};

let policy = '';
beforeEach(() => {
  policy = stores.file('policy.json', Buffer.from('{"default":[{"type":"insecureAcceptAnything"}]}'));
});

function run(tool: string, ...args: string[]): string {
  return execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const skopeo = (...args: string[]): string =>
  run('skopeo', '--policy', policy, '--tmpdir', stores.path(''), ...args);

interface Inspected {
  readonly rootfs: { readonly diff_ids: readonly string[] };
  readonly config: object;
}

/** What another tool sees in an image. */
const seenBySkopeo = (image: string) => ({
  config: JSON.parse(skopeo('inspect', '--config', image)) as Inspected,
  manifest: JSON.parse(skopeo('inspect', '--raw', image)) as {
    config: { digest: string };
    layers: { digest: string }[];
  },
});

async function load(path: string): Promise<{ id: string; tags: readonly string[] }> {
  const [loaded] = await stores.images.load({ path });
  if (loaded === undefined) throw new Error('nothing was loaded');
  return loaded;
}

async function save(references: readonly string[], name = 'saved.tar'): Promise<string> {
  const chunks: Uint8Array[] = [];
  await stores.images.save(references, async (chunk) => void chunks.push(chunk));
  const path = stores.path(name);
  await writeFile(path, Buffer.concat(chunks));
  return path;
}

async function expectRuns(reference: string): Promise<void> {
  const outcome = await stores.hotcell.run({ image: reference, stdin: 'through' });
  expect([outcome.status, text(outcome.stdout)]).toEqual(['ok', 'through']);
}

describe('skopeo', () => {
  const FORMATS = [
    ['docker-archive', 'docker-archive:a.tar:tools/hello:2', ['tools/hello:2']],
    ['oci-archive', 'oci-archive:a.tar:docker.io/tools/hello:2', ['tools/hello:2']],
    ['oci-archive with a tag', 'oci-archive:hello.tar:2', ['hello:2']],
    ['oci', 'oci:hello:2', ['hello:2']],
    ['dir', 'dir:hello', []],
  ] as const;

  test.each(FORMATS)('writes %s, which we load and run', async (_, target, tags) => {
    const source = stores.file('image.tar', dockerArchive(IMAGE));
    const [transport = '', path = '', ...rest] = target.split(':');
    const place = [transport, stores.path(path), ...rest].join(':');
    skopeo('copy', `docker-archive:${source}`, place);
    const loaded = await load(stores.path(path));
    const { config, manifest } = seenBySkopeo(place);
    expect(loaded.tags).toEqual(tags);
    expect(loaded.id).toBe(manifest.config.digest);
    expect((await stores.images.inspect(loaded.id)).diffIds).toEqual(config.rootfs.diff_ids);
    await expectRuns(loaded.id);
  });

  test.each(['docker-archive', 'oci-archive'])(
    'reads what we save as %s, with the same digests',
    async (transport) => {
      const { id } = await load(stores.file('image.tar', ociTar(IMAGE)));
      const saved = await save(['registry.example/tools/hello:1.0']);
      const source =
        transport === 'oci-archive'
          ? `${transport}:${saved}:1.0`
          : `${transport}:${saved}:registry.example/tools/hello:1.0`;
      skopeo('copy', source, `oci:${stores.path('copied')}:x`);
      expect(seenBySkopeo(source).manifest.config.digest).toBe(id);
      const { config } = seenBySkopeo(`oci:${stores.path('copied')}:x`);
      expect(config.rootfs.diff_ids).toEqual((await stores.images.inspect(id)).diffIds);
      expect(config.config).toMatchObject({
        Entrypoint: ['/bin/echo-stdin'],
        WorkingDir: '/etc',
        Labels: { made: 'by hand' },
      });
    },
  );

  test('takes an image through all its formats, and it comes back the same', async () => {
    const { id } = await load(stores.file('image.tar', ociTar(IMAGE)));
    const { diffIds, config } = await stores.images.inspect(id);
    const saved = await save([id]);
    const way = [
      `docker-archive:${stores.path('1.tar')}:a:1`,
      `oci:${stores.path('2')}:a`,
      `dir:${stores.path('3')}`,
      `oci-archive:${stores.path('4.tar')}:a:1`,
    ];
    [`oci-archive:${saved}`, ...way].reduce((from, to) => {
      skopeo('copy', from, to);
      return to;
    });
    await stores.images.prune({ all: true });
    // It writes the configuration anew on the way, with the same in it.
    const back = await load(stores.path('4.tar'));
    expect(await stores.images.inspect(back.id)).toMatchObject({ diffIds, config });
    await expectRuns(back.id);
  });

  test('keeps the manifest of what goes from layout to layout', async () => {
    const source = stores.file('image.tar', ociTar(IMAGE));
    skopeo('copy', `oci-archive:${source}`, `oci:${stores.path('in')}:a`);
    const before = skopeo('inspect', '--raw', `oci:${stores.path('in')}:a`);
    await load(stores.path('in'));
    const saved = await save(['in:a']);
    expect(skopeo('inspect', '--raw', `oci-archive:${saved}:a`)).toBe(before);
    skopeo('copy', '--preserve-digests', `oci-archive:${saved}:a`, `oci:${stores.path('out')}:a`);
    expect(skopeo('inspect', '--raw', `oci:${stores.path('out')}:a`)).toBe(before);
  });

  test('reads several images of one archive', async () => {
    await load(stores.file('image.tar', ociTar(IMAGE)));
    await load(stores.file('image.tar', ociTar({ ...IMAGE, tag: 'other:1', config: { Cmd: ['x'] } })));
    await stores.images.tag('other:1', 'again:2');
    const saved = await save(['registry.example/tools/hello:1.0', 'other:1', 'again:2']);
    for (const name of ['registry.example/tools/hello:1.0', 'other:1', 'again:2']) {
      const { id } = await stores.images.inspect(name);
      expect(seenBySkopeo(`docker-archive:${saved}:${name}`).manifest.config.digest).toBe(id);
    }
    await stores.images.prune({ all: true });
    const loaded = await stores.images.load({ path: saved });
    expect(loaded.map(({ tags }) => tags)).toEqual([
      ['registry.example/tools/hello:1.0'],
      ['other:1', 'again:2'],
    ]);
  });

  test.each(['gzip', 'zstd'])('compresses layers with %s, and we unpack them', async (format) => {
    const source = stores.file('image.tar', dockerArchive(IMAGE));
    const place = `oci:${stores.path('packed')}:1`;
    skopeo('copy', '--dest-compress-format', format, `docker-archive:${source}`, place);
    const { id } = await load(stores.path('packed'));
    expect((await stores.images.inspect(id)).diffIds).toEqual(seenBySkopeo(place).config.rootfs.diff_ids);
    await expectRuns(id);
  });

  test.each(['gzip', 'xz', 'zstd'])('wrote an archive that %s compressed as a whole', async (tool) => {
    const path = stores.file('image.tar', dockerArchive(IMAGE));
    run(tool, path);
    const packed = `${path}.${{ gzip: 'gz', xz: 'xz', zstd: 'zst' }[tool]}`;
    const { id } = await load(packed);
    await expectRuns(id);
  });
});

describe('umoci', () => {
  test('makes an image of a layout, which we load, and changes one that we saved', async () => {
    const layout = stores.path('made');
    run('umoci', 'init', '--layout', layout);
    run('umoci', 'new', '--image', `${layout}:1`);
    run('umoci', 'unpack', '--image', `${layout}:1`, stores.path('bundle'));
    const bin = `${stores.path('bundle')}/rootfs/bin`;
    mkdirSync(bin);
    writeFileSync(`${bin}/echo-stdin`, readFileSync(program('echo-stdin')), { mode: 0o755 });
    run('umoci', 'repack', '--image', `${layout}:1`, stores.path('bundle'));
    run(
      'umoci',
      'config',
      '--image',
      `${layout}:1`,
      '--config.cmd',
      '/bin/echo-stdin',
      '--config.user',
      '12:34',
    );
    const { id, tags } = await load(layout);
    expect(tags).toEqual(['made:1']);
    expect((await stores.images.inspect(id)).config).toMatchObject({
      cmd: ['/bin/echo-stdin'],
      user: '12:34',
    });
    await expectRuns('made:1');

    const saved = await save(['made:1']);
    mkdirSync(stores.path('again'));
    run('tar', '-C', stores.path('again'), '-xf', saved);
    run('umoci', 'unpack', '--image', `${stores.path('again')}:1`, stores.path('bundle2'));
    expect(
      readFileSync(`${stores.path('bundle2')}/rootfs/bin/echo-stdin`).equals(
        readFileSync(program('echo-stdin')),
      ),
    ).toBe(true);
  });

  test('unpacks what we save as the layers say', async () => {
    await load(stores.file('image.tar', ociTar(IMAGE)));
    const saved = await save(['registry.example/tools/hello:1.0']);
    mkdirSync(stores.path('layout'));
    run('tar', '-C', stores.path('layout'), '-xf', saved);
    run('umoci', 'unpack', '--image', `${stores.path('layout')}:1.0`, stores.path('bundle'));
    const etc = `${stores.path('bundle')}/rootfs/etc`;
    expect(run('ls', etc).trim().split('\n')).toEqual(['link', 'same']);
    expect(readFileSync(`${etc}/same`, 'utf8')).toBe('high');
  });
});

describe('buildah', () => {
  /** Nothing of it outside of the test's directory, and nothing that it may not do inside of a container. */
  const buildah = (command: string, ...args: string[]): string => {
    const place = [
      '--root',
      stores.path('buildah'),
      '--runroot',
      stores.path('buildah-run'),
      '--storage-driver',
      'vfs',
    ];
    return run('buildah', ...place, command, ...args);
  };

  const build = (tag: string, ...lines: string[]): void => {
    mkdirSync(stores.path('context'), { recursive: true });
    writeFileSync(stores.path('context/Containerfile'), lines.join('\n'));
    writeFileSync(stores.path('context/echo-stdin'), readFileSync(program('echo-stdin')), { mode: 0o755 });
    buildah('bud', '--isolation', 'chroot', '--pull-never', '-t', tag, stores.path('context'));
  };

  const push = (tag: string, target: string): void => void buildah('push', tag, target);

  test.each(['oci-archive', 'docker-archive'])(
    'builds an image, which we load as %s and run',
    async (transport) => {
      build(
        'made:1',
        'FROM scratch',
        'COPY echo-stdin /bin/echo-stdin',
        'ENV A=1',
        'USER 12:34',
        'ENTRYPOINT ["/bin/echo-stdin"]',
      );
      const path = stores.path('made.tar');
      push('made:1', `${transport}:${path}:made:1`);
      const { id, tags } = await load(path);
      expect(tags).toContain('made:1');
      expect(id).toBe(seenBySkopeo(`${transport}:${path}`).manifest.config.digest);
      expect((await stores.images.inspect(id)).config).toMatchObject({ env: { A: '1' }, user: '12:34' });
      await expectRuns('made:1');
    },
  );

  test('goes on from an image that we saved, in a Debian that we imported', async () => {
    const root = await debootstrap();
    run('tar', '-C', root, '-cf', stores.path('root.tar'), '.');
    const id = await stores.images.import({ path: stores.path('root.tar') }, { reference: 'debian:12' });
    buildah('pull', `docker-archive:${await save(['debian:12'])}`);
    build(
      'made:1',
      'FROM debian:12',
      'RUN echo by-buildah > /made && rm -r /usr/share/doc && mkdir /usr/share/doc',
      'CMD cat /made; ls -A /usr/share/doc',
    );
    push('made:1', `docker-archive:${stores.path('made.tar')}:made:1`);
    const made = await load(stores.path('made.tar'));
    expect((await stores.images.inspect(made.id)).diffIds.slice(0, 1)).toEqual(
      (await stores.images.inspect(id)).diffIds,
    );
    const outcome = await stores.hotcell.run({ image: 'made:1' });
    expect([outcome.status, text(outcome.stdout), text(outcome.stderr)]).toEqual(['ok', 'by-buildah\n', '']);
  }, 600_000);
});
