/** A whole Debian system in its image: what people do in one works, beside others that do the same. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { JobInput } from '../../src/spec/index.js';
import { ending, exited, text } from '../support/cell.js';
import { debootstrap } from '../support/debootstrap.js';
import { useLayers } from '../support/layers.js';

const layers = useLayers();

let base = '';
beforeAll(async () => {
  base = await debootstrap();
}, 600_000);

const bash = async (script: string, job: Partial<JobInput> = {}) =>
  await layers.run({ layers: [base] }, { command: ['bash', '-ec', script], ...job });

// One worker: the one that has answered has given up its rights; another may still be on its way there.
const SERVE = `
echo "$0" > /var/www/html/index.html
sed -i 's/^worker_processes .*/worker_processes 1;/' /etc/nginx/nginx.conf
nginx
exec 3<> /dev/tcp/127.0.0.1/80
printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3
tail -1 <&3
stat -c %U /proc/$(cut -d' ' -f1 /proc/$(cat /run/nginx.pid)/task/*/children)
nginx -s stop 2> /dev/null`;

test('servers take port 80 as root, give up their rights, and know only their own root', async () => {
  const names = ['one', 'two', 'three', 'four'];
  const outcomes = await Promise.all(
    names.map((name) =>
      layers.run({ layers: [base] }, { command: ['bash', '-ec', SERVE, name], network: 'loopback' }),
    ),
  );
  expect(outcomes.map(({ stdout }) => text(stdout))).toEqual(names.map((name) => `${name}\nwww-data\n`));
  expect(outcomes.map(ending)).toEqual(names.map(() => exited(0)));
});

test('a package manager installs and removes packages, with their owners', async () => {
  const before = statSync(join(base, 'var/lib/dpkg/status')).mtimeMs;
  const outcome = await bash(`
useradd -m joe
mkdir -p /p/DEBIAN /p/opt/own
printf 'Package: own\\nVersion: 1\\nArchitecture: all\\nMaintainer: m <m@example.org>\\nDescription: x\\n' > /p/DEBIAN/control
echo hello > /p/opt/own/file
chown joe:joe /p/opt/own/file
dpkg-deb -b /p /own.deb > /dev/null
dpkg -i /own.deb > /dev/null 2>&1
stat -c '%U %n' /opt/own/file
dpkg -r own > /dev/null
dpkg -P --force-all nginx > /dev/null 2>&1
ls -d /opt/own /usr/sbin/nginx 2> /dev/null || echo removed
su joe -c 'id -un'`);
  expect(text(outcome.stdout)).toBe('joe /opt/own/file\nremoved\njoe\n');
  expect(ending(outcome)).toEqual(exited(0));
  expect(existsSync(join(base, 'usr/sbin/nginx'))).toBe(true);
  expect(statSync(join(base, 'var/lib/dpkg/status')).mtimeMs).toBe(before);
});
