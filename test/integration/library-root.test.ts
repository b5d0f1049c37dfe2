import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ending, exited, lines, text, useCell } from '../support/cell.js';
import { program } from '../support/programs.js';

const cell = useCell();

const dir = mkdtempSync(join(tmpdir(), 'library-'));
beforeAll(() => chmodSync(dir, 0o755));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const shell = (script: string) => ({ command: ['/bin/sh', '-c', script] });

describe('a mounted directory', () => {
  const source = join(dir, 'mounted');
  const canary = join(source, 'canary');

  beforeEach(() => {
    rmSync(source, { recursive: true, force: true });
    mkdirSync(source, { mode: 0o755 });
    writeFileSync(canary, 'untouched');
    for (const path of [source, canary]) chownSync(path, 4242, 4242);
  });

  test.each(['ro', 'rw', 'overlay'] as const)(
    "%s is the user's own, whoever owns it on the host",
    async (mode) => {
      const mounts = [{ source, target: '/data', mode }];
      const outcome = await cell.run({
        ...shell('stat -c "%U %a %n" /data /data/canary; cat /data/canary'),
        mounts,
      });
      expect(lines(outcome)).toEqual(['box 755 /data', 'box 644 /data/canary', 'untouched']);
    },
  );

  test('ro cannot be changed', async () => {
    const script =
      '> /data/canary; > /data/new; rm -f /data/canary; chmod 777 /data; mv /data/canary /data/c; touch /data/canary';
    await cell.run({ ...shell(script), mounts: [{ source, target: '/data' }] });
    expect(readFileSync(canary, 'utf8')).toBe('untouched');
    expect(existsSync(join(source, 'new'))).toBe(false);
    expect(statSync(source).mode & 0o777).toBe(0o755);
  });

  test('of a file cannot be an overlay, and says so', async () => {
    const mounts = [{ source: '/etc/passwd', target: '/data', mode: 'overlay' as const }];
    await expect(cell.run({ ...shell('true'), mounts })).rejects.toMatchObject({
      code: 'invalid-spec',
      message: expect.stringContaining('mounts[0].source: "/etc/passwd" is not a directory'),
    });
  });

  test('overlay can be changed, and nothing of it sticks', async () => {
    const script =
      'echo changed > /data/canary && echo > /data/new && cat /data/canary && rm /data/canary && ls /data';
    const job = { ...shell(script), mounts: [{ source, target: '/data', mode: 'overlay' as const }] };
    for (const _ of [1, 2]) expect(lines(await cell.run(job))).toEqual(['changed', 'new']);
    expect(readFileSync(canary, 'utf8')).toBe('untouched');
    expect(existsSync(join(source, 'new'))).toBe(false);
  });

  test('rw can be changed, and what is made there belongs to the owner of the directory', async () => {
    const outcome = await cell.run({
      ...shell('echo changed > /data/canary && echo > /data/new'),
      mounts: [{ source, target: '/data', mode: 'rw' }],
    });
    expect(ending(outcome)).toEqual(exited(0));
    expect(readFileSync(canary, 'utf8')).toBe('changed\n');
    expect(statSync(join(source, 'new'))).toMatchObject({ uid: 4242, gid: 4242 });
  });

  test('leads nowhere else: its links are those of the sandbox', async () => {
    symlinkSync('/etc/shadow', join(source, 'shadow'));
    symlinkSync(dir, join(source, 'up'));
    const outcome = await cell.run({
      ...shell('cat /data/shadow; ls /data/up; ls /data/../..'),
      mounts: [{ source, target: '/data' }],
    });
    expect(text(outcome.stdout)).not.toMatch(/root:|mounted/);
  });

  test('has its place below the working directory, though the root is read-only', async () => {
    const mounts = [{ source, target: '/box/data' }];
    const outcome = await cell.run({ ...shell('cat data/canary; > here && ls'), mounts, readOnlyRoot: true });
    expect(text(outcome.stdout)).toBe('untoucheddata\nhere\n');
  });

  test('lies in another one, whichever the job names first', async () => {
    const inner = join(source, 'inner');
    mkdirSync(inner);
    const mounts = [
      { source, target: '/a/inner', mode: 'ro' as const },
      { source, target: '/a', mode: 'ro' as const },
    ];
    expect(text((await cell.run({ ...shell('cat /a/canary /a/inner/canary'), mounts })).stdout)).toBe(
      'untoucheduntouched',
    );
  });

  test("that is not there is the job's fault", async () => {
    const outcome = await cell.run({
      ...shell('true'),
      mounts: [{ source: join(dir, 'absent'), target: '/data' }],
    });
    expect(outcome).toMatchObject({ status: 'start-failed', message: expect.stringContaining('absent') });
  });
});

describe('a directory image', () => {
  const tree = join(dir, 'tree');
  const image = `dir:${tree}`;

  beforeAll(() => {
    for (const path of ['bin', 'etc']) mkdirSync(join(tree, path), { recursive: true });
    for (const name of ['print-credentials', 'exit-with', 'write-everywhere', 'read-secrets'])
      copyFileSync(program(name), join(tree, 'bin', name));
    writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\napp:x:1234:55::/:/bin/sh\n');
    writeFileSync(join(tree, 'etc/group'), 'root:x:0:\nstaff:x:77:\n');
  });

  test('is all that its program sees, and stays as it is', async () => {
    const outcome = await cell.run({ image, command: ['/bin/exit-with', '3'] });
    expect(ending(outcome)).toEqual(exited(3));
    await cell.run({ image, command: ['/bin/write-everywhere', 'made'], user: '0:0' });
    expect(existsSync(join(tree, 'made')) || existsSync(join(tree, 'bin/made'))).toBe(false);
    const secrets = await cell.run({ image, command: ['/bin/read-secrets'] });
    expect(text(secrets.stdout)).toBe('');
    const absent = await cell.run({ image, command: ['/bin/sh'] });
    expect(absent).toMatchObject({ status: 'start-failed', message: expect.stringContaining('not found') });
  });

  test.each([
    ['app', 1234, 55],
    ['app:staff', 1234, 77],
    ['root', 0, 0],
    ['7:8', 7, 8],
  ])('knows its user %s as %i:%i', async (user, uid, gid) => {
    const outcome = await cell.run({ image, command: ['/bin/print-credentials'], user });
    expect(lines(outcome)).toEqual(
      expect.arrayContaining([`Uid ${Array(4).fill(uid).join(' ')}`, `Gid ${Array(4).fill(gid).join(' ')}`]),
    );
  });

  test.each([
    ['a link out', (path: string) => symlinkSync('/etc/passwd', path)],
    ['a device', (path: string) => symlinkSync('/dev/zero', path)],
    ['a directory', (path: string) => mkdirSync(path)],
    ['ten gigabytes', (path: string) => writeFileSync(path, '')],
  ])('whose table of users is %s is refused, and not read', async (what, make) => {
    const hostile = mkdtempSync(join(dir, 'hostile-'));
    const passwd = join(hostile, 'etc/passwd');
    mkdirSync(join(hostile, 'etc'));
    make(passwd);
    if (what === 'ten gigabytes') truncateSync(passwd, 10 * 2 ** 30);
    const running = cell.run({ image: `dir:${hostile}`, command: ['/x'], user: 'root' });
    await expect(running).rejects.toMatchObject({ code: 'invalid-spec' });
  });

  test("that is not there is the job's fault", async () => {
    const outcome = await cell.run({ image: `dir:${join(dir, 'absent')}`, command: ['/x'] });
    expect(outcome.status).toBe('start-failed');
  });
});

describe('the root', () => {
  test('read-only, leaves room only where a program needs it', async () => {
    const script =
      'for d in / /usr /etc /opt /root /home /var /box /tmp /var/tmp /dev/shm; do (> $d/x) 2>/dev/null && echo $d; done; true';
    const places = ['/box', '/tmp', '/var/tmp', '/dev/shm'];
    expect(lines(await cell.run({ ...shell(script), readOnlyRoot: true }))).toEqual(places);
    expect(lines(await cell.run({ ...shell(script), readOnlyRoot: true, user: '0:0' }))).toEqual(places);
  });

  test('has file systems in memory of the size and mode that were asked for', async () => {
    const tmpfs = [{ target: '/scratch', size: '1MiB', mode: '0700' }];
    const script = 'stat -c "%U %a" /scratch; head -c 2000000 /dev/zero > /scratch/x; stat -c %s /scratch/x';
    expect(lines(await cell.run({ ...shell(script), tmpfs }))).toEqual(['box 700', '1048576']);
  });

  test('has the name of a host, and its users', async () => {
    expect(lines(await cell.run({ ...shell('hostname; id -un'), hostname: 'judge' }))).toEqual([
      'judge',
      'box',
    ]);
    expect(lines(await cell.run({ ...shell('hostname; id -un; id -g'), user: 'nobody' }))).toEqual([
      'hotcell',
      'nobody',
      '65534',
    ]);
    expect(lines(await cell.run({ ...shell('id -u; id -g'), user: 'root:tty' }))).toEqual(['0', '5']);
  });

  test.each(['/', '/tmp', '/usr', '/usr/bin', '/sbin', '/lib64', '/new/deep'])(
    'lets a program start in %s',
    async (workdir) => {
      expect(lines(await cell.run({ ...shell('pwd -P | wc -l'), workdir }))).toEqual(['1']);
    },
  );
});
