import { expect, it } from 'vitest';
import { details, FakeImages, id, image } from './support.js';

const FULL = details({
  id: id('b1'),
  tags: ['tool:1'],
  digests: [`tool@${id('f0')}`],
  comment: 'by hand',
  variant: 'v8',
  labels: { 'io.version': '1', __proto__: 'x' },
  config: {
    entrypoint: ['/bin/tool'],
    cmd: ['--help'],
    env: { PATH: '/bin', LANG: 'C' },
    workdir: '/srv',
    user: 'tool:tool',
    labels: { 'io.version': '1' },
    stopSignal: 'SIGINT',
    volumes: ['/data'],
    exposedPorts: ['80/tcp'],
  },
});

const IMAGES = new FakeImages([FULL, details({ id: id('c2'), createdAt: null })]);

const inspect = async (...argv: string[]) => await image(['image', 'inspect', ...argv], { images: IMAGES });

it("prints a JSON list in docker's shape", async () => {
  const { code, out } = await inspect('tool:1');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual([
    {
      Id: id('b1'),
      RepoTags: ['tool:1'],
      RepoDigests: [`tool@${id('f0')}`],
      Comment: 'by hand',
      Created: '2026-01-01T00:00:00Z',
      Author: '',
      Config: {
        User: 'tool:tool',
        ExposedPorts: { '80/tcp': {} },
        Env: ['PATH=/bin', 'LANG=C'],
        Entrypoint: ['/bin/tool'],
        Cmd: ['--help'],
        Volumes: { '/data': {} },
        WorkingDir: '/srv',
        Labels: { 'io.version': '1' },
        StopSignal: 'SIGINT',
      },
      Architecture: 'amd64',
      Variant: 'v8',
      Os: 'linux',
      Size: 7_340_000,
      RootFS: { Type: 'layers', Layers: [id('d1')] },
    },
  ]);
});

it('has null where an image says nothing, as docker', async () => {
  const [{ Config }] = JSON.parse((await inspect('c2')).out) as [{ Config: object }];
  expect(Config).toMatchObject({ Entrypoint: null, Cmd: null, Labels: null, Volumes: null, User: '' });
});

it.each([
  ['{{.Id}}', id('b1')],
  ['{{json .Config.Entrypoint}}', '["/bin/tool"]'],
  ['{{index .Config.Labels "io.version"}}', '1'],
  ['{{range $port, $_ := .Config.ExposedPorts}}{{$port}} {{end}}{{.RootFS.Type}}', '80/tcp layers'],
  ['{{range .Config.Env}}{{println .}}{{end}}', 'PATH=/bin\nLANG=C\n'],
  ['{{.Config.Labels}}', 'map[io.version:1]'],
])('prints %s', async (format, text) => {
  expect(await inspect('-f', format, 'tool:1')).toEqual({ code: 0, out: `${text}\n`, err: '' });
});

it('gives templates empty lists and maps where an image says nothing', async () => {
  const format = '[{{len .Config.Env}}] [{{index .Config.Labels "x"}}] {{.Config.Volumes}}';
  expect((await inspect('-f', format, 'c2')).out).toBe('[0] [<no value>] map[]\n');
});

it('shows those that are there, and exits with 1 for the others', async () => {
  const { code, out, err } = await inspect('nothing', 'tool:1');
  expect([code, err]).toEqual([1, 'hotcell image inspect: there is no image "nothing"\n']);
  expect(JSON.parse(out)).toHaveLength(1);
  expect((await inspect('nothing')).out).toBe('[]\n');
});

it('lets nothing through that a terminal would act on', async () => {
  const labels = { 'k\u001b[31m': '\u009b2Jv' };
  const nasty = new FakeImages([
    details({ tags: ['x'], comment: '\u001b]0;owned\u0007', config: { labels, env: { A: '\u001bc' } } }),
  ]);
  for (const argv of [[], ['-f', 'json'], ['-f', '{{.}} {{.Comment}} {{json .Config}}']]) {
    const { code, out } = await image(['image', 'inspect', ...argv, 'x'], { images: nasty });
    expect(code).toBe(0);
    expect(out).not.toMatch(/[^\P{Cc}\n]/u);
  }
});
