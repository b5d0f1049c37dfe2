import { describe, expect, it } from 'vitest';
import {
  type ImageConfig,
  type Job,
  parseJob,
  type ResolvedImage,
  settleJob,
} from '../../../src/spec/index.js';
import { problemsOf } from './support.js';

const CONFIG: ImageConfig = {
  entrypoint: ['/entry', '-e'],
  cmd: ['cmd'],
  env: { PATH: '/image/bin', LANG: 'C' },
  workdir: '/srv',
  user: 'app',
  labels: {},
  stopSignal: null,
  volumes: ['/data', '/cache'],
  exposedPorts: [],
};

const imageWith = (config: Partial<ImageConfig> = {}): ResolvedImage => ({
  reference: 'app:1',
  id: `sha256:${'0'.repeat(64)}`,
  layers: ['/layer'],
  lockPath: '/lock',
  config: { ...CONFIG, ...config },
  passwd: '',
  group: '',
});

const settled = (job: Record<string, unknown>, config: Partial<ImageConfig> = {}): Job =>
  settleJob(parseJob({ image: 'app:1', ...job }), imageWith(config));

describe('a settled job', () => {
  it.each([
    [{}, ['/entry', '-e', 'cmd']],
    [{ command: ['a', 'b'] }, ['/entry', '-e', 'a', 'b']],
    [{ command: [] }, ['/entry', '-e']],
    [{ args: ['a'] }, ['/entry', '-e', 'a']],
    [{ entrypoint: ['sh'] }, ['sh']],
    [{ entrypoint: ['sh'], args: ['a'] }, ['sh', 'a']],
    [{ entrypoint: [], args: ['a'] }, ['a']],
  ])('runs with %j what docker would', (job, command) => {
    expect(settled(job).command).toEqual(command);
  });

  it('takes from the image what it does not say itself', () => {
    expect(settled({})).toMatchObject({
      image: 'app:1',
      imageId: `sha256:${'0'.repeat(64)}`,
      env: { PATH: '/image/bin', LANG: 'C' },
      workdir: '/srv',
      user: null,
    });
    expect(settled({ env: { LANG: 'de', B: '1' }, workdir: '/w', user: '5:6' })).toMatchObject({
      env: { PATH: '/image/bin', LANG: 'de', B: '1' },
      workdir: '/w',
      user: { uid: 5, gid: 6 },
    });
    expect(settled({}, { workdir: null }).workdir).toBe('/box');
    expect(settled({}, { workdir: '/a//b/' }).workdir).toBe('/a/b');
  });

  it('has an empty place for each volume that nothing is mounted at', () => {
    const places = (job: Record<string, unknown>, volumes: readonly string[] = CONFIG.volumes) =>
      settled(job, { volumes }).tmpfs.map(({ target }) => target);
    expect(places({})).toEqual(['/data', '/cache']);
    expect(places({ mounts: [{ source: '/x', target: '/data' }] })).toEqual(['/cache']);
    expect(places({ tmpfs: [{ target: '/cache' }] })).toEqual(['/cache', '/data']);
    expect(places({}, ['/data/', '/data'])).toEqual(['/data']);
  });

  it('is as before where the image is no more than a directory', () => {
    const job = parseJob({ entrypoint: ['sh'], args: ['-c', 'true'] });
    const { entrypoint: _entrypoint, ...rest } = job;
    expect(settleJob(job, null)).toEqual(rest);
    expect(settleJob(parseJob({ command: ['a'], image: 'dir:/srv' }), null)).toMatchObject({
      command: ['a'],
      workdir: '/box',
      user: { uid: 1000, gid: 1000 },
      tmpfs: [],
    });
  });

  it.each<[Partial<ImageConfig>, string]>([
    [{ entrypoint: [], cmd: [] }, 'image "app:1" does not say what to run; name a command'],
    [{ entrypoint: ['', 'a'] }, 'image "app:1": command: begins with ""'],
    [
      { cmd: Array.from({ length: 17 }, () => 'x'.repeat(131_000)) },
      'image "app:1": command: the arguments have',
    ],
    [{ cmd: ['a\0'] }, 'image "app:1": command: contains a NUL character'],
    [
      { volumes: Array.from({ length: 33 }, (_, n) => `/v${n}`) },
      'image "app:1": volumes: 33 entries; at most 32',
    ],
    [{ env: { 'A\nB': '1' } }, 'image "app:1": env: "A\\nB" is not a variable name'],
    [{ env: { A: 'x\0' } }, 'image "app:1": env: contains a NUL character'],
    [{ workdir: 'srv' }, 'image "app:1": workdir: "srv" is relative'],
    [{ workdir: '/a/../../etc' }, 'image "app:1": workdir: "/a/../../etc" contains ".."'],
    [{ volumes: ['/proc/x'] }, 'image "app:1": volumes: "/proc/x" is reserved'],
    [{ volumes: ['/'] }, 'image "app:1": volumes: "/" cannot be mounted over'],
    [{ volumes: ['/a/../../b'] }, 'image "app:1": volumes: "/a/../../b" contains ".."'],
  ])(
    '%#: is refused with one line that names the image, when that says what cannot be',
    (config, message) => {
      const [line, ...more] = problemsOf(() => settled({}, config));
      expect(line).toContain(message);
      expect(more).toEqual([]);
    },
  );
});
