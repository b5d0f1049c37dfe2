/** Runs in images of several layers: what is seen of them, and what root of an image may do. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { text } from '../support/cell.js';
import { debootstrap } from '../support/debootstrap.js';
import { NO_CONFIG, useLayers } from '../support/layers.js';

const layers = useLayers();

let base = '';
beforeAll(async () => {
  base = await debootstrap();
}, 600_000);

const sh = (script: string) => ({ command: ['sh', '-c', script] });

/** What a layer has instead of a file that it deletes. */
const whiteout = (path: string): void => void execFileSync('mknod', [path, 'c', '0', '0']);

const makeOpaque = (path: string): void =>
  void execFileSync('python3', [
    '-c',
    'import os,sys; os.setxattr(sys.argv[1],"user.overlay.opaque",b"y")',
    path,
  ]);

describe('layers', () => {
  test('lie on top of each other, delete and hide', async () => {
    const [low, high] = [layers.layer(), layers.layer()];
    for (const name of ['gone', 'hidden']) mkdirSync(join(low, name));
    for (const name of ['gone/f', 'hidden/f', 'same', 'low']) writeFileSync(join(low, name), 'low');
    whiteout(join(high, 'gone'));
    mkdirSync(join(high, 'hidden'));
    writeFileSync(join(high, 'hidden/g'), 'high');
    makeOpaque(join(high, 'hidden'));
    writeFileSync(join(high, 'same'), 'high');
    chownSync(join(high, 'same'), 33, 50);
    const outcome = await layers.run(
      { layers: [base, low, high] },
      sh('ls -d /gone /hidden/* 2>/dev/null; cat /same /low; stat -c " %u:%g" /same /low'),
    );
    expect(text(outcome.stdout)).toBe('/hidden/g\nhighlow 33:50\n 0:0\n');
  });

  test('may be many', async () => {
    const many = Array.from({ length: 300 }, (_, index) => {
      const layer = layers.layer();
      writeFileSync(join(layer, `file${index}`), '');
      return layer;
    });
    const outcome = await layers.run(
      { layers: [base, ...many] },
      sh('ls -d /file* | wc -l; touch /file0 /new'),
    );
    expect([text(outcome.stdout), outcome.status]).toEqual(['300\n', 'ok']);
  });

  test('are not written to, and what a run wrote is gone', async () => {
    const layer = layers.layer();
    writeFileSync(join(layer, 'f'), 'as it was');
    const image = { layers: [base, layer] };
    expect(text((await layers.run(image, sh('echo new > /f; rm -r /usr/share/doc; cat /f'))).stdout)).toBe(
      'new\n',
    );
    expect(text((await layers.run(image, sh('cat /f; ls -d /usr/share/doc'))).stdout)).toBe(
      'as it was/usr/share/doc\n',
    );
    expect(readFileSync(join(layer, 'f'), 'utf8')).toBe('as it was');
  });

  test('can be read-only for the program', async () => {
    const outcome = await layers.run(
      { layers: [base] },
      { ...sh('touch /f 2>&1; touch /box/f /tmp/f && echo box'), readOnlyRoot: true },
    );
    expect(text(outcome.stdout)).toBe("touch: cannot touch '/f': Read-only file system\nbox\n");
  });

  test('that are not there are an error of the run that names them', async () => {
    const missing = join(layers.directory, 'missing');
    const outcome = await layers.run({ layers: [base, missing] }, sh('true'));
    expect([outcome.status, outcome.message]).toEqual(['start-failed', expect.stringContaining(missing)]);
  });
});

describe('the places that are ours', () => {
  test.each(['dev', 'proc', 'tmp', 'box', 'etc'])(
    'are not followed when the image has a link at /%s',
    async (name) => {
      const layer = layers.layer();
      const canary = layers.layer();
      symlinkSync(canary, join(layer, name));
      const outcome = await layers.run({ layers: [layer] }, { command: ['/bin/true'] });
      expect(outcome.status).not.toBe('ok');
      expect(execFileSync('ls', ['-A', canary]).toString()).toBe('');
    },
  );

  test('get our names also where the image has links there', async () => {
    const layer = layers.layer();
    mkdirSync(join(layer, 'etc'));
    for (const name of ['hosts', 'hostname', 'resolv.conf'])
      symlinkSync('/etc/passwd', join(layer, 'etc', name));
    const outcome = await layers.run(
      { layers: [base, layer] },
      { ...sh('cat /etc/hostname; head -1 /etc/hosts; head -1 /etc/passwd'), hostname: 'here' },
    );
    expect(text(outcome.stdout)).toBe('here\n127.0.0.1 localhost\nroot:x:0:0:root:/root:/bin/bash\n');
  });
});

const CAPS = "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -s '\\t ' ' '";

describe('root of an image', () => {
  test("has docker's capabilities over its own namespaces, and no way to others", async () => {
    const mask = '00000000800405fb';
    const outcome = await layers.run({ layers: [base] }, sh(CAPS));
    expect(text(outcome.stdout).split('\n')).toEqual([
      'CapInh: 0000000000000000',
      `CapPrm: ${mask}`,
      `CapEff: ${mask}`,
      `CapBnd: ${mask}`,
      'CapAmb: 0000000000000000',
      'NoNewPrivs: 1',
      'Seccomp: 2',
      '',
    ]);
  });

  test('can do what servers and package managers do', async () => {
    const script = [
      'touch /f && chown 33:50 /f && stat -c %u:%g /f',
      'su -s /bin/sh www-data -c "id -un"',
      'mkdir -p /c && chroot / true && echo chroot',
    ].join('\n');
    const outcome = await layers.run({ layers: [base] }, sh(script));
    expect(text(outcome.stdout)).toBe('33:50\nwww-data\nchroot\n');
  });

  test.each([
    ['mount', 'mount -t tmpfs x /mnt'],
    ['make a device', 'mknod /d c 1 3'],
    ['change the host name', 'hostname x'],
    ['raise a limit', 'ulimit -Hn 2000'],
    ['signal init', 'kill -9 1; kill -STOP 1; exec true'],
    ['become init', "perl -e '$< = $> = 65535; exit($> == 65535 ? 0 : 1)'"],
    ['trace init', 'perl -e \'exit(open(my $f, "<", "/proc/1/mem") ? 0 : 1)\''],
    ['make a user namespace', 'unshare -U true'],
  ])('cannot %s', async (name, script) => {
    const outcome = await layers.run({ layers: [base] }, sh(script));
    expect(outcome.status).toBe(name === 'signal init' ? 'ok' : 'nonzero-exit');
  });

  test('has less when told so, and none as another user', async () => {
    const caps = async (job: object) =>
      text((await layers.run({ layers: [base] }, { ...sh('grep CapEff /proc/self/status'), ...job })).stdout);
    expect(await caps({ capDrop: ['ALL'] })).toBe('CapEff:\t0000000000000000\n');
    expect(await caps({ capDrop: ['ALL'], capAdd: ['CHOWN'] })).toBe('CapEff:\t0000000000000001\n');
    expect(await caps({ user: '1000:1000' })).toBe('CapEff:\t0000000000000000\n');
  });
});

describe('the config of an image', () => {
  const config = {
    ...NO_CONFIG,
    entrypoint: ['sh', '-c'],
    cmd: ['id; pwd; echo $HOME $A $B'],
    env: { A: 'image', B: 'image' },
    workdir: '/srv/work',
    user: 'www-data',
  };

  test('says what is run, as whom, where and with what', async () => {
    const outcome = await layers.run({ layers: [base], config }, { env: { B: 'job' } });
    expect(text(outcome.stdout)).toBe(
      'uid=33(www-data) gid=33(www-data) groups=33(www-data),50(staff)\n/srv/work\n/var/www image job\n',
    );
  });

  test('gives way to the job', async () => {
    const outcome = await layers.run(
      { layers: [base], config },
      { command: ['id -u; pwd'], user: '7:8', workdir: '/tmp' },
    );
    expect(text(outcome.stdout)).toBe('7\n/tmp\n');
  });

  test.each(['nobody-there', '70000', '33:nobody-there', ':', '-1'])(
    'with the user %j is refused',
    async (user) => {
      const run = layers.run({ layers: [base], config: { ...config, user } }, {});
      await expect(run).rejects.toMatchObject({
        code: 'invalid-spec',
        message: expect.stringContaining('image "test"'),
      });
    },
  );

  test('gives a fresh tmpfs for each volume', async () => {
    const volumes = { ...NO_CONFIG, volumes: ['/data', '/usr/share/doc'] };
    const outcome = await layers.run(
      { layers: [base], config: volumes },
      sh(
        'grep -cE " (/data|/usr/share/doc) tmpfs " /proc/mounts; ls /usr/share/doc | wc -l; touch /data/f && echo ok',
      ),
    );
    expect(text(outcome.stdout)).toBe('2\n0\nok\n');
  });
});

describe('the lock of an image', () => {
  const tryLock = (): boolean => {
    try {
      execFileSync('flock', ['-n', '-x', layers.lockPath, 'true']);
      return true;
    } catch {
      return false;
    }
  };

  test('is held while a program runs, and free afterwards', async () => {
    let held: boolean | undefined;
    const outcome = await layers
      .run({ layers: [base] }, sh('echo up; sleep 60 & wait'), {
        onStdout: () => {
          held = !tryLock();
          throw new Error('seen');
        },
      })
      .catch((error: Error) => error.message);
    expect([outcome, held, tryLock()]).toEqual(['seen', true, true]);
  });

  test('refuses a run while the image is being removed', async () => {
    const child = spawn('flock', ['-x', layers.lockPath, '-c', 'echo locked; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const outcome = await layers.run({ layers: [base] }, sh('true'));
    child.stdin.end();
    await new Promise((resolve) => child.once('close', resolve));
    expect([outcome.status, outcome.message]).toEqual([
      'start-failed',
      expect.stringContaining('is being removed'),
    ]);
  });
});
