import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Phase, WorkOptions } from '../../../../src/cli/image/model.js';
import { HotcellError } from '../../../../src/core/index.js';
import { FakeIo } from '../support.js';
import { chunksOf, FakeImages, id, image } from './support.js';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-image-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function inDirectory(): FakeIo {
  const io = new FakeIo();
  io.cwd = dir;
  return io;
}

/** Tells of layers as a store does. */
function tell(
  { onProgress }: WorkOptions,
  steps: readonly (readonly [digits: string, phase: Phase])[],
): void {
  for (const [digits, phase] of steps)
    onProgress?.({ id: id(digits), phase, current: 5_000_000, total: 10_000_000 });
}

const pulled = (isNew: boolean) => ({
  ...{ id: id('b1'), digest: id('f0'), reference: 'docker.io/library/alpine:latest', isNew },
});

describe('pull', () => {
  it("says docker's words in a pipe, once each", async () => {
    const images = new FakeImages();
    images.pulling = async (options) => {
      tell(options, [
        ['aa', 'exists'],
        ['bb', 'waiting'],
        ['cc', 'downloading'],
        ['cc', 'downloading'],
        ['cc', 'verifying'],
        ['cc', 'unpacking'],
        ['cc', 'unpacking'],
        ['cc', 'done'],
        ['bb', 'downloading'],
        ['bb', 'done'],
      ]);
      return pulled(true);
    };
    expect(await image(['pull', 'alpine'], { images })).toEqual({
      code: 0,
      out: [
        'Using default tag: latest',
        'latest: Pulling from library/alpine',
        'aa0000000000: Already exists',
        'bb0000000000: Pulling fs layer',
        'cc0000000000: Pulling fs layer',
        'cc0000000000: Verifying Checksum',
        'cc0000000000: Download complete',
        'cc0000000000: Pull complete',
        'bb0000000000: Pull complete',
        `Digest: ${id('f0')}`,
        'Status: Downloaded newer image for alpine:latest',
        'docker.io/library/alpine:latest',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it('says that an image is up to date, and with -q only its id', async () => {
    const images = new FakeImages();
    images.pulling = async () => pulled(false);
    expect((await image(['image', 'pull', 'localhost:5000/a/b:1'], { images })).out).toBe(
      [
        '1: Pulling from a/b',
        `Digest: ${id('f0')}`,
        'Status: Image is up to date for localhost:5000/a/b:1',
        'docker.io/library/alpine:latest',
        '',
      ].join('\n'),
    );
    const argv = ['pull', '-q', '--platform', 'linux/arm64', 'alpine'];
    expect(await image(argv, { images })).toEqual({ code: 0, out: `${id('b1')}\n`, err: '' });
    expect(images.asked.at(-1)).toEqual(['pull', 'alpine', 'linux/arm64']);
  });

  it('says what is wrong, and nothing else', async () => {
    const said = await image(['pull', 'alpine']);
    expect(said).toEqual({ code: 1, out: '', err: 'hotcell pull: no route to registry\n' });
  });

  it('redraws bars on a terminal, and leaves what is done', async () => {
    const images = new FakeImages();
    images.pulling = async (options) => {
      tell(options, [
        ['aa', 'exists'],
        ['bb', 'downloading'],
        ['cc', 'done'],
      ]);
      return pulled(true);
    };
    const io = inDirectory();
    io.stdoutIsTty = true;
    io.terminal.current = { rows: 24, cols: 80 };
    const { code, out } = await image(['pull', '--no-color', 'alpine'], { images, io });
    expect(code).toBe(0);
    expect(out).toContain('aa0000000000: Already exists');
    expect(out).toContain(
      'bb0000000000 Downloading    ██████████████████                     5MB/10MB'.slice(0, 40),
    );
    expect(out).toContain('cc0000000000: Pull complete');
    // The cursor is back, and what comes last stands on a line of its own.
    expect(out.lastIndexOf('\u001b[?25h')).toBeGreaterThan(out.lastIndexOf('\u001b[?25l'));
    expect(
      out.endsWith(
        `\u001b[?25hDigest: ${id('f0')}\nStatus: Downloaded newer image for alpine:latest\ndocker.io/library/alpine:latest\n`,
      ),
    ).toBe(true);
    expect(io.terminal.log).toEqual([String.raw`at exit "\u001b[?25h"`, 'not at exit']);
  });

  it('is broken off by a signal, and leaves at a second one', async () => {
    for (const isDeaf of [false, true]) {
      const images = new FakeImages();
      const io = inDirectory();
      images.pulling = async ({ signal }) => {
        io.signal('SIGTERM');
        expect(signal?.aborted).toBe(true);
        if (!isDeaf) throw new HotcellError({ code: 'registry', message: 'aborted' });
        io.signal('SIGINT');
        return await new Promise(() => undefined);
      };
      expect(await image(['pull', 'alpine'], { images, io })).toEqual({ code: 143, out: '', err: '' });
      expect(io.signal('SIGINT')).toBe(false);
    }
  });
});

describe('push', () => {
  it("says docker's words in a pipe, and with -q only the digest", async () => {
    const images = new FakeImages();
    images.pushing = async (options) => {
      tell(options, [
        ['aa', 'exists'],
        ['bb', 'pushing'],
        ['bb', 'pushing'],
        ['bb', 'done'],
      ]);
      return { digest: id('f0'), reference: 'localhost:5000/x:1', sizeBytes: 528 };
    };
    expect(await image(['push', 'localhost:5000/x:1'], { images })).toEqual({
      code: 0,
      out: [
        'The push refers to repository [localhost:5000/x]',
        'aa0000000000: Layer already exists',
        'bb0000000000: Preparing',
        'bb0000000000: Pushed',
        `1: digest: ${id('f0')} size: 528`,
        '',
      ].join('\n'),
      err: '',
    });
    expect((await image(['push', '-q', 'localhost:5000/x:1'], { images })).out).toBe(`${id('f0')}\n`);
  });
});

describe('load', () => {
  it('reads standard input, and names what it loaded', async () => {
    const images = new FakeImages();
    const io = inDirectory();
    io.input.end('archive');
    images.loading = async (source) => {
      const bytes = 'stream' in source ? Buffer.concat(await chunksOf(source.stream)).toString() : '';
      expect(bytes).toBe('archive');
      return [
        { id: id('b1'), tags: ['a:1', 'b\u001b:2'] },
        { id: id('c2'), tags: [] },
      ];
    };
    expect(await image(['load'], { images, io })).toEqual({
      code: 0,
      out: `Loaded image: a:1\nLoaded image: b\\u{1b}:2\nLoaded image ID: ${id('c2')}\n`,
      err: '',
    });
  });

  it('reads a file, and with -q prints only ids', async () => {
    writeFileSync(join(dir, 'x.tar'), '');
    const images = new FakeImages();
    images.loading = async () => [{ id: id('b1'), tags: ['a:1'] }];
    const said = await image(['image', 'load', '-qi', 'x.tar'], { images, io: inDirectory() });
    expect(said).toEqual({ code: 0, out: `${id('b1')}\n`, err: '' });
    expect(images.asked).toEqual([['load', join(dir, 'x.tar')]]);
  });

  it('fails when standard input breaks off', async () => {
    const images = new FakeImages();
    const io = inDirectory();
    images.loading = async (source) => {
      io.input.destroy(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
      if ('stream' in source) await chunksOf(source.stream);
      return [{ id: id('b1'), tags: ['a:1'] }];
    };
    expect(await image(['load'], { images, io })).toMatchObject({ code: 125, out: '' });
  });

  it.each([
    [['load', '-i', 'none.tar'], 1, 'hotcell load: "none.tar": no such file or directory\n'],
    [['load', 'x.tar'], 2, 'hotcell load: too many arguments; usage: hotcell load [flags]\n'],
  ])('%j exits with %d', async (argv, code, err) => {
    expect(await image(argv, { io: inDirectory() })).toEqual({ code, out: '', err });
  });

  it('wants no archive of a terminal', async () => {
    const io = inDirectory();
    Object.assign(io.input, { isTTY: true });
    expect(await image(['load'], { io })).toEqual({
      code: 2,
      out: '',
      err: 'hotcell load: standard input is a terminal, and no archive; use --input FILE, or a pipe\n',
    });
  });
});

describe('import', () => {
  it('gives the store what the changes make', async () => {
    const images = new FakeImages();
    const io = inDirectory();
    io.input.end('tar');
    const flags = ['-c', 'CMD ["sh"]', '--change', 'ENV A=1', '-m', 'mine', '--platform', 'linux/arm64'];
    const said = await image(['import', ...flags, '-', 'x:1'], { images, io });
    expect(said).toEqual({ code: 0, out: `${id('e5')}\n`, err: '' });
    expect(images.asked).toEqual([
      [
        'import',
        'tar',
        {
          reference: 'x:1',
          config: expect.objectContaining({ cmd: ['sh'], env: { A: '1' } }),
          comment: 'mine',
          platform: 'linux/arm64',
        },
      ],
    ]);
  });

  it.each([
    [['import', 'none.tar'], 1, '"none.tar": no such file or directory'],
    [
      ['import', 'https://example.org/x.tar'],
      2,
      'is not fetched; use: curl -fL URL | hotcell image import -',
    ],
    [['import', '-c', 'RUN x', 'none.tar'], 2, '--change: "RUN" cannot be changed'],
    [['import'], 2, 'an argument is missing; usage: hotcell import [flags] FILE|- [REF]'],
  ])('%j exits with %d', async (argv, code, words) => {
    const said = await image(argv, { io: inDirectory() });
    expect([said.code, said.out]).toEqual([code, '']);
    expect(said.err).toContain(words);
  });
});

describe('save', () => {
  const saving = (images: FakeImages): void => {
    images.saving = async (write) => {
      await write(Buffer.from('one '));
      await write(Buffer.from('two'));
    };
  };

  it('writes to standard output, but to no terminal', async () => {
    const images = new FakeImages();
    saving(images);
    expect(await image(['save', 'a', 'b'], { images })).toEqual({ code: 0, out: 'one two', err: '' });
    expect(images.asked).toEqual([['save', 'a', 'b']]);
    const io = inDirectory();
    io.stdoutIsTty = true;
    expect(await image(['save', 'a'], { images, io })).toEqual({
      code: 2,
      out: '',
      err: 'hotcell save: an archive is not written to a terminal; use --output FILE, or a pipe\n',
    });
  });

  it('writes a file, which replaces another once it is whole', async () => {
    const images = new FakeImages();
    saving(images);
    writeFileSync(join(dir, 'x.tar'), 'old');
    const said = await image(['image', 'save', '-o', 'x.tar', 'a'], { images, io: inDirectory() });
    expect(said).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(join(dir, 'x.tar'), 'utf8')).toBe('one two');
    expect(readdirSync(dir)).toEqual(['x.tar']);
  });

  it('leaves nothing behind when it fails', async () => {
    const images = new FakeImages();
    images.saving = async (write) => {
      await write(Buffer.from('half'));
      throw new HotcellError({ code: 'image-not-found', message: 'there is no image "b"' });
    };
    writeFileSync(join(dir, 'x.tar'), 'old');
    const said = await image(['save', '-o', 'x.tar', 'a', 'b'], { images, io: inDirectory() });
    expect(said).toEqual({ code: 1, out: '', err: 'hotcell save: there is no image "b"\n' });
    expect(readFileSync(join(dir, 'x.tar'), 'utf8')).toBe('old');
    expect(readdirSync(dir)).toEqual(['x.tar']);
  });

  it('names the file that cannot be written', async () => {
    const images = new FakeImages();
    saving(images);
    const said = await image(['save', '-o', 'no/x.tar', 'a'], { images, io: inDirectory() });
    expect(said.code).toBe(125);
    expect(said.err).toContain(`no/x.tar": no such file or directory`);
    expect(await image(['save', '-o', '/dev/null', 'a'], { images })).toMatchObject({ code: 0 });
  });
});

describe('flags of docker that are not here', () => {
  it.each([
    [['pull', '-a', 'x'], 'hotcell pull: unknown flag "-a"; one tag at a time; name each of them\n'],
    [['image', 'push', '--tls-verify=false', 'x'], 'certificates are always checked'],
    [['rmi', '--no-prune', 'x'], 'layers that nothing needs go with the image; leave it out'],
    [['images', '--tree'], 'there is no tree'],
    [['image', 'inspect', '--type', 'image', 'x'], 'only images are looked at'],
    [['image', 'ls', '--qiet'], 'unknown flag "--qiet"; did you mean --quiet?'],
    [['rm', '--all', 'x'], 'unknown flag "--all"; hotcell rm --help lists them'],
    [['image', 'lst'], 'hotcell image: unknown command "lst"; did you mean ls?'],
    [['image', 'cat'], 'hotcell image: unknown command "cat"; hotcell image --help lists them'],
  ])('%j', async (argv, words) => {
    const said = await image(argv);
    expect([said.code, said.out]).toEqual([2, '']);
    expect(said.err).toContain(words);
  });
});
