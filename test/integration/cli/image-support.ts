import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { configBlob, ociTar, type TarEntry, type TestImage, tarOf } from '../../support/archives/index.js';
import { program } from '../../support/programs.js';
import { hotcell, type Running, start, useDirectory } from './support.js';

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Home {
  readonly directory: string;
  /** `hotcell ARG…` with images of its own. */
  hotcell(argv: readonly string[], input?: string | Uint8Array): Promise<Said>;
  /** The same, with standard output as bytes. */
  bytes(argv: readonly string[], input?: string | Uint8Array): Promise<Buffer>;
  start(argv: readonly string[]): Running;
}

function homeIn(directory: { readonly path: string }): Home {
  const around = () => ({
    cwd: directory.path,
    env: { HOTCELL_HOME: join(directory.path, 'home'), DOCKER_CONFIG: join(directory.path, 'docker') },
  });
  return {
    get directory() {
      return directory.path;
    },
    hotcell: async (argv, input = '') => {
      const { code, stdout, stderr } = await hotcell(argv, { ...around(), input });
      return { code, out: stdout.toString(), err: stderr };
    },
    bytes: async (argv, input = '') => (await hotcell(argv, { ...around(), input })).stdout,
    start: (argv) => start(argv, around()),
  };
}

/** A store of images for each test. */
export const useHome = (): Home => homeIn(useDirectory());

/** One for all tests of a group. */
export function useSharedHome(): Home {
  const directory = { path: '' };
  beforeAll(() => {
    directory.path = mkdtempSync(join(tmpdir(), 'hotcell-images-'));
  });
  afterAll(() => {
    rmSync(directory.path, { recursive: true, force: true });
  });
  return homeIn(directory);
}

const PROGRAMS = ['true', 'sleep-forever', 'print-environment'];

/** A root file system of a few static programs. */
export function rootTar(more: readonly TarEntry[] = []): Buffer {
  const programs = PROGRAMS.map(
    (name): TarEntry => ({ name: `bin/${name}`, mode: 0o755, body: readFileSync(program(name)) }),
  );
  return tarOf([
    { name: 'bin/', type: '5', mode: 0o755 },
    ...programs,
    { name: 'etc/', type: '5', mode: 0o755 },
    { name: 'etc/passwd', body: 'root:x:0:0::/root:/bin/sh\nsrv:x:33:33::/srv:/bin/false\n' },
    ...more,
  ]);
}

/** An image that is the same, id and all, whenever it is made. */
export const testImage = (more: Partial<TestImage> = {}): TestImage => ({
  layers: [{ tar: rootTar() }],
  tag: 'tool:1.0',
  config: { Cmd: ['/bin/true'], Labels: { team: 'compilers' } },
  extra: {
    created: '2026-01-01T00:00:00Z',
    history: [{ created: '2026-01-01T00:00:00Z', created_by: 'ADD rootfs.tar /', comment: 'by hand' }],
  },
  ...more,
});

export const idOf = (image: TestImage): string => configBlob(image).digest;

export const archiveOf = (image: TestImage): Buffer => ociTar(image);
