import { describe, expect, it } from 'vitest';
import { readHostReport } from '../../../src/report/host.js';
import { reportSchema } from '../../../src/report/index.js';

const fromFiles = (files: Readonly<Record<string, string>>) => readHostReport((path) => files[path] ?? null);

const MOUNT = '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n';

describe('what is known of the host', () => {
  it('is null where the kernel says nothing', () => {
    expect(fromFiles({})).toMatchObject({
      load: null,
      smt: null,
      pressure: { cpu: null, memory: null, io: null },
      stealMs: null,
      throttledMs: null,
      swapBytes: 0,
    });
  });

  it('is null where a file is not what it should be', () => {
    const garbage = 'what is this?\n\0';
    const paths = [
      '/proc/loadavg',
      '/proc/stat',
      '/proc/meminfo',
      '/proc/pressure/cpu',
      '/proc/self/mountinfo',
    ];
    const files = Object.fromEntries(paths.map((path) => [path, garbage]));
    expect(fromFiles(files)).toMatchObject({
      load: null,
      stealMs: null,
      pressure: { cpu: null },
      throttledMs: null,
    });
  });

  it('is read from the files of proc(5)', () => {
    expect(
      fromFiles({
        '/proc/loadavg': '1.25 0.80 0.50 2/345 6789\n',
        '/proc/stat': 'cpu  1 2 3 4 5 6 7 89 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n',
        '/proc/meminfo': 'MemTotal:  100 kB\nSwapTotal:       2048 kB\n',
        '/proc/pressure/cpu':
          'some avg10=3.50 avg60=1.00 avg300=0.50 total=1\nfull avg10=9.00 avg60=0 avg300=0 total=0\n',
        '/sys/devices/system/cpu/smt/active': '1\n',
      }),
    ).toMatchObject({ load: 1.25, stealMs: 890, swapBytes: 2_097_152, pressure: { cpu: 3.5 }, smt: true });
  });

  it.each([
    [
      'v2',
      '0::/a\n',
      '30 1 0:1 / /cg rw - cgroup2 cgroup2 rw\n',
      '/cg/a/cpu.stat',
      'throttled_usec 2500\n',
      2.5,
    ],
    [
      'v1',
      '4:cpu,cpuacct:/a\n',
      '30 1 0:1 / /cg/cpu rw - cgroup cgroup rw,cpu\n',
      '/cg/cpu/a/cpu.stat',
      'throttled_time 3000000\n',
      3,
    ],
    [
      'a container',
      '0::/x/y\n',
      '30 1 0:1 /x /c\\040g rw - cgroup2 cgroup2 rw\n',
      '/c g/y/cpu.stat',
      'throttled_usec 1000\n',
      1,
    ],
    [
      'another root',
      '0::/z\n',
      '30 1 0:1 /x /cg rw - cgroup2 cgroup2 rw\n',
      '/cg/cpu.stat',
      'throttled_usec 4000\n',
      4,
    ],
  ])('knows of %s how long it was held back', (_, own, mount, path, stat, expected) => {
    const files = {
      '/proc/self/cgroup': own,
      '/proc/self/mountinfo': MOUNT + mount,
      [path]: `nr_periods 1\n${stat}`,
    };
    expect(fromFiles(files).throttledMs).toBe(expected);
  });

  it('of this machine fits the schema', () => {
    const { host } = reportSchema.shape.start.shape;
    expect(host.parse(readHostReport())).toMatchObject({ cpuCount: expect.any(Number) });
  });
});
