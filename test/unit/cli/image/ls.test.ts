import { expect, it } from 'vitest';
import { details, FakeImages, id, image } from './support.js';

const IMAGES = new FakeImages([
  details({
    id: id('b1'),
    tags: ['alpine:3.20', 'alpine:latest', 'localhost:5000/tools/alpine:1'],
    digests: [`alpine@${id('f0')}`],
    createdAt: '2026-01-07T22:00:00Z',
    labels: { team: 'compilers', 'not\u001b[31mred': 'x' },
  }),
  details({ id: id('c2'), createdAt: null, sizeBytes: 0 }),
  details({ id: id('d3'), tags: ['debian:12'], sizeBytes: 124_400_000, createdAt: '2025-06-01T00:00:00Z' }),
]);

const ls = async (...argv: string[]) => await image(['image', 'ls', ...argv], { images: IMAGES });

/** The names that are left by filters. */
async function left(...filters: string[]): Promise<string> {
  const flags = filters.flatMap((filter) => ['--filter', filter]);
  const { code, out, err } = await ls('--format', '{{.Repository}}:{{.Tag}}', ...flags);
  return code === 0 ? out.trim().split('\n').join(' ') : err;
}

it("shows a line for each name, the newest first, in docker's words", async () => {
  expect((await ls()).out).toBe(
    [
      'REPOSITORY                    TAG       IMAGE ID       CREATED        SIZE',
      'alpine                        3.20      b10000000000   2 hours ago    7.34MB',
      'alpine                        latest    b10000000000   2 hours ago    7.34MB',
      'localhost:5000/tools/alpine   1         b10000000000   2 hours ago    7.34MB',
      'debian                        12        d30000000000   7 months ago   124MB',
      '<none>                        <none>    c20000000000   N/A            0B',
      '',
    ].join('\n'),
  );
  expect((await image(['images'], { images: IMAGES })).out).toBe((await ls()).out);
  expect((await ls('-a')).out).toBe((await ls()).out);
  expect(IMAGES.isClosed).toBe(true);
});

it('shows only titles when there are no images', async () => {
  const out = 'REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n';
  expect(await image(['images'])).toEqual({ code: 0, out, err: '' });
});

it('prints each id once', async () => {
  expect((await ls('-q')).out).toBe('b10000000000\nd30000000000\nc20000000000\n');
  expect((await ls('-q', '--no-trunc', 'debian')).out).toBe(`${id('d3')}\n`);
});

it('shows digests of registries', async () => {
  const { out } = await ls('--digests', '--no-trunc', 'alpine:latest');
  expect(out.split('\n')[0]).toMatch(/^REPOSITORY +TAG +DIGEST +IMAGE ID +CREATED +SIZE$/);
  expect(out.split('\n')[1]).toBe(`alpine       latest    ${id('f0')}   ${id('b1')}   2 hours ago   7.34MB`);
});

it("prints templates and JSON with docker's fields", async () => {
  expect((await ls('--format', '{{.ID}} {{.CreatedAt}} {{.Label "team"}}', 'alpine:3.20')).out).toBe(
    'b10000000000 2026-01-07 22:00:00 +0000 UTC compilers\n',
  );
  expect((await ls('--format', 'table {{.Tag}}\\t{{.Size}}', 'debian')).out).toBe(
    'TAG       SIZE\n12        124MB\n',
  );
  expect(JSON.parse((await ls('--format', 'json', 'debian')).out)).toEqual({
    Containers: 'N/A',
    CreatedAt: '2025-06-01 00:00:00 +0000 UTC',
    CreatedSince: '7 months ago',
    Digest: '<none>',
    ID: 'd30000000000',
    Repository: 'debian',
    SharedSize: 'N/A',
    Size: '124MB',
    Tag: '12',
    UniqueSize: 'N/A',
    VirtualSize: '124MB',
  });
});

it.each([
  [['reference=alpine'], 'alpine:3.20 alpine:latest'],
  [['reference=alpine:3.*'], 'alpine:3.20'],
  [['reference=*'], 'alpine:3.20 alpine:latest debian:12'],
  [['reference=*/*/*'], 'localhost:5000/tools/alpine:1'],
  [['reference=alpine:3.20', 'reference=debi?n'], 'alpine:3.20 debian:12'],
  [['label=team'], 'alpine:3.20 alpine:latest localhost:5000/tools/alpine:1'],
  [['label=team=linkers'], ''],
  [['label!=team'], 'debian:12 <none>:<none>'],
  [['dangling=true'], '<none>:<none>'],
  [['dangling=false', 'reference=debian'], 'debian:12'],
  [['before=alpine:3.20'], 'debian:12 <none>:<none>'],
  [['since=debian:12', 'reference=*:latest'], 'alpine:latest'],
  [['until=24h'], 'debian:12 <none>:<none>'],
  [['since=nothing'], 'hotcell image ls: there is no image "nothing"\n'],
  [
    ['refrence=x'],
    'hotcell image ls: --filter: "refrence" is no filter; use one of reference, dangling, before, since, until, label, label!; did you mean "reference"?\n',
  ],
  [
    ['alpine'],
    `hotcell image ls: --filter: "alpine" has no "="; use KEY=VALUE, such as 'reference=alpine:*'\n`,
  ],
  [
    ['dangling=maybe'],
    'hotcell image ls: --filter dangling: "maybe" is not allowed; use one of true, false, 1, 0\n',
  ],
  [
    ['until=never'],
    'hotcell image ls: --filter until: "never" is no time; use a date such as 2026-01-31T12:00:00Z, seconds since 1970, or how long ago, such as 10m or 1h30m\n',
  ],
])('filters by %j', async (filters, names) => {
  expect(await left(...filters)).toBe(names);
});

it('calls the command as it was called', async () => {
  expect(await image(['images', '--format', '{{.Nmae}}'], { images: IMAGES })).toEqual({
    code: 2,
    out: '',
    err: 'hotcell images: --format: template 1:3: there is no field ".Nmae"; there are .Containers, .CreatedAt, .CreatedSince, .Digest, .ID, .Repository, .SharedSize, .Size, .Tag, .UniqueSize, .VirtualSize\n',
  });
});

it('lets nothing through that a terminal would act on', async () => {
  const nasty = new FakeImages([
    details({ tags: ['a\u001b[2Jb:c\rd'], labels: { 'k\u001b]0;x\u0007': 'v\u202e' } }),
  ]);
  for (const argv of [
    [],
    ['--format', 'json'],
    ['--format', '{{.Labels}} {{.Label "k\u001b]0;x\u0007"}} {{.}}'],
    ['--digests'],
  ]) {
    const { code, out } = await image(['images', ...argv], { images: nasty });
    expect(code).toBe(0);
    expect(out).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  }
});
