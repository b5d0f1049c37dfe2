import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunStore } from '../../../../src/store/index.js';
import { killOwner, makeStore, runDirectory, StepClock } from '../../store/support.js';
import { history, kept } from './support.js';

let store: RunStore;
let home = '';

beforeEach(async () => {
  ({ store, home } = await makeStore({ clock: new StepClock(), retention: {} }));
});

const NOW = { nowMs: () => 0, date: () => new Date('2026-01-01T00:05:01.000Z') };

const ps = async (...argv: string[]) => await history(['ps', ...argv], { store, clock: NOW });

const names = async (...filters: string[]): Promise<string> => {
  const flags = filters.flatMap((filter) => ['--filter', filter]);
  const { code, out, err } = await ps('-a', '--format', '{{.Names}}', ...flags);
  return code === 0 ? out.trim().split('\n').sort().join(' ') : err;
};

describe('flags that mean nothing', () => {
  it.each([
    [['--filter', 'foo=bar'], '--filter: "foo" is no filter; use one of id, name, label, status, exited,'],
    [
      ['--filter', 'lable=x'],
      '--filter: "lable" is no filter; use one of id, name, label, status, exited, ancestor, kind, since, before; did you mean "label"?',
    ],
    [['--filter', 'web'], '--filter: "web" has no "="; use KEY=VALUE, such as status=exited'],
    [['--filter', 'name='], '--filter: name= has no value'],
    [['--filter', 'label==x'], '--filter: label="=x" names no label'],
    [
      ['--filter', 'status=paused'],
      '--filter status: "paused" is not allowed; use one of running, exited, lost',
    ],
    [['--filter', 'exited=no'], '--filter exited: "no" is not a whole number'],
    [['--filter', 'name=('], '--filter: name="(": '],
    [['--filter', 'since=nothing'], 'there is no run "nothing"'],
    [['-n', 'x'], '--last: "x" is not a whole number'],
    [['-n', '0'], '--last: 0 is no run; use 1 or more'],
    [['-n', '2', '-l'], '--latest and --last exclude each other'],
    [['--format', '{{.Nmaes}}'], '--format: template 1:3: there is no field ".Nmaes"; did you mean .Names?'],
    [['--format', 'table {{.ID'], '--format: template 1:1: {{ without }}'],
    [['-q', '--format', '{{'], '--format: template 1:1: {{ without }}'],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await ps(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err.startsWith(message)).toBe(true);
  });

  it('breaks off a regular expression that does not end', async () => {
    await kept(store, { name: 'a'.repeat(100) });
    expect(await names('name=^(a+)+b$')).toBe('--filter: name="^(a+)+b$" takes longer than 1s\n');
  });
});

describe('hotcell ps', () => {
  it('has only titles to show when nothing runs', async () => {
    await kept(store, { name: 'web' });
    expect(await ps()).toEqual({
      code: 0,
      out: 'RUN ID    KIND      IMAGE     COMMAND   CREATED   STATUS    NAMES\n',
      err: '',
    });
    expect((await ps('--format', '{{.ID}}')).out).toBe('');
    expect((await ps('-q')).out).toBe('');
  });

  it('shows what runs, and with -a what is over, the newest first', async () => {
    const command = ['python3', '-c', 'print("hello")'];
    const over = await kept(store, { name: 'over', command }, { exitCode: 3 });
    await using running = await store.create({ kind: 'test', name: 'night', command: ['a.yaml'] });
    const [first, second] = [running.id.slice(0, 12), over.slice(0, 12)];
    expect((await ps()).out).toBe(
      [
        'RUN ID         KIND      IMAGE     COMMAND    CREATED         STATUS         NAMES',
        `${first}   test                "a.yaml"   5 minutes ago   Up 5 minutes   night`,
        '',
      ].join('\n'),
    );
    expect((await ps('-a')).out).toBe(
      [
        'RUN ID         KIND      IMAGE     COMMAND                   CREATED         STATUS                     NAMES',
        `${first}   test                "a.yaml"                  5 minutes ago   Up 5 minutes               night`,
        `${second}   run       host      "python3 -c print(\\"h…"   5 minutes ago   Exited (3) 5 minutes ago   over`,
        '',
      ].join('\n'),
    );
  });

  it('says of a run whose process died that it was lost', async () => {
    await using live = await store.create({ kind: 'run', name: 'gone' });
    await killOwner(runDirectory(home, live.id));
    expect((await ps()).out.split('\n')).toHaveLength(2);
    expect((await ps('-a', '--format', '{{.Names}}: {{.State}}, {{.Status}}, {{.ExitCode}}')).out).toBe(
      'gone: lost, Exited (lost), <nil>\n',
    );
  });

  it('names a run whose record cannot be read, and shows the others', async () => {
    await kept(store, { name: 'good' });
    const id = 'z'.repeat(26);
    mkdirSync(runDirectory(home, id));
    writeFileSync(join(runDirectory(home, id), 'record.json'), '{');
    const { code, out, err } = await ps('-a', '--format', '{{.Names}}');
    expect([code, out]).toEqual([0, 'good\n']);
    expect(err).toMatch(/^hotcell ps: run z{26}: .*record\.json: not a record that this version reads\n$/);
  });

  it('gives whole ids and commands with --no-trunc, only ids with -q', async () => {
    const command = ['echo', 'a rather long command with\u001b[2J'];
    const id = await kept(store, { name: 'web', command });
    expect((await ps('-aq')).out).toBe(`${id.slice(0, 12)}\n`);
    expect((await ps('-aq', '--no-trunc')).out).toBe(`${id}\n`);
    expect((await ps('-a', '--no-trunc', '--format', '{{.ID}} {{.Command}}')).out).toBe(
      `${id} "echo a rather long command with\\u001b[2J"\n`,
    );
  });

  it('gives the newest so many in any state with -n and -l', async () => {
    for (const name of ['a', 'b', 'c']) await kept(store, { name });
    expect((await ps('-n', '2', '--format', '{{.Names}}')).out).toBe('c\nb\n');
    expect((await ps('-l', '--format', '{{.Names}}')).out).toBe('c\n');
  });
});

describe('--filter', () => {
  const [a, b] = [
    { env: 'prod', team: 'x' },
    { env: 'test', team: 'x' },
  ];

  beforeEach(async () => {
    await kept(store, { name: 'web-1', labels: a }, { exitCode: 0 });
    await kept(store, { name: 'web-2', labels: b, image: 'dir:/srv/root' }, { exitCode: 1 });
    await kept(store, { name: 'my-web', labels: { env: '' } }, { exitCode: 137 });
    await kept(store, { name: 'suite', kind: 'test', image: null }, { exitCode: 1 });
  });

  it('takes one value of each key, and every key', async () => {
    const cases: readonly [filters: string[], names: string][] = [
      [['name=web'], 'my-web web-1 web-2'],
      [['name=^web'], 'web-1 web-2'],
      [['name=^/web-1$'], 'web-1'],
      [['name=web*'], 'web-1 web-2'],
      [['name=web-?'], 'web-1 web-2'],
      [['name=*web'], 'my-web'],
      [['name=web.*1'], 'web-1'],
      [['name=web-[12]$'], 'web-1 web-2'],
      [['name=suite', 'name=my-web'], 'my-web suite'],
      [['exited=1'], 'suite web-2'],
      [['exited=1', 'exited=137'], 'my-web suite web-2'],
      [['exited=1', 'name=web'], 'web-2'],
      [['label=env'], 'my-web web-1 web-2'],
      [['label=env=prod'], 'web-1'],
      [['label=env=pr*'], 'web-1'],
      [['label=env='], 'my-web'],
      [['label=env=prod', 'label=env=test'], 'web-1 web-2'],
      [['label=env=prod', 'label=team=x'], 'web-1'],
      [['label=env=prod', 'label=team=y'], ''],
      [['label=constructor'], ''],
      [['ancestor=host'], 'my-web web-1'],
      [['ancestor=dir:/srv/*'], 'web-2'],
      [['ancestor=ho'], ''],
      [['status=exited'], 'my-web suite web-1 web-2'],
      [['status=running'], ''],
      [['status=lost'], ''],
      [['kind=test'], 'suite'],
      [['since=web-2'], 'my-web suite'],
      [['before=web-2'], 'web-1'],
      [['since=web-1', 'before=suite'], 'my-web web-2'],
      [['NAME=suite'], 'suite'],
    ];
    for (const [filters, expected] of cases) {
      expect([filters, await names(...filters)]).toEqual([filters, expected]);
    }
  });

  it('finds what is over without -a when it asks for that', async () => {
    expect((await ps('--filter', 'exited=137', '--format', '{{.Names}}')).out).toBe('my-web\n');
    expect((await ps('--filter', 'status=exited', '-q')).out.split('\n')).toHaveLength(5);
    expect((await ps('--filter', 'name=web', '-q')).out).toBe('');
  });

  it('finds runs by their ids', async () => {
    const { record } = await store.get('web-1');
    expect(await names(`id=${record.id}`)).toBe('web-1');
    expect(await names(`id=${record.id.slice(0, 20)}`)).toBe('web-1');
    expect(await names(`id=${record.id.slice(0, 20)}*`)).toBe('web-1');
  });
});

describe('--format', () => {
  beforeEach(async () => {
    await kept(store, { name: 'web', labels: { b: '2', a: '1' }, command: ['sleep', '5'] }, { exitCode: 2 });
  });

  it('json is an object for each run', async () => {
    const { out } = await ps('-a', '--format', 'json');
    expect(out.split('\n')).toHaveLength(2);
    expect(JSON.parse(out)).toEqual({
      Command: '"sleep 5"',
      CreatedAt: '2026-01-01 00:00:00 +0000 UTC',
      ExitCode: 2,
      ID: expect.stringMatching(/^\w{12}$/),
      Image: 'host',
      Kind: 'run',
      Labels: 'a=1,b=2',
      Names: 'web',
      RunningFor: '5 minutes ago',
      State: 'exited',
      Status: 'Exited (2) 5 minutes ago',
    });
    expect((await ps('-a', '--format', '{{json .}}')).out).toBe(out);
  });

  it('table has the titles of the columns it was asked for', async () => {
    const { out } = await ps('-a', '--format', 'table {{.Names}}\\t{{upper .State}}\t{{.Label "a"}}');
    expect(out).toBe('NAMES     STATE     A\nweb       EXITED    1\n');
  });

  it('is a template in which \\n and \\t are what they are in a shell', async () => {
    expect((await ps('-a', '--format', '{{.Name}}\\t{{.Label "b"}}{{.Label "c"}}\\n')).out).toBe(
      'web\t2\n\n',
    );
  });
});
