/** Runs in an image whose layers a test made by hand, without a store. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { systemClock } from '../../src/core/index.js';
import { connectLauncher, type LauncherConnection } from '../../src/launcher/index.js';
import { readHost } from '../../src/sandbox/index.js';
import {
  type ImageConfig,
  type JobInput,
  type Outcome,
  parseJob,
  type ResolvedImage,
} from '../../src/spec/index.js';
import { RunControl, type RunOptions, runJob } from '../../src/worker/index.js';
import { type Cell, useCell } from './cell.js';

export const NO_CONFIG: ImageConfig = {
  entrypoint: [],
  cmd: [],
  env: {},
  workdir: null,
  user: null,
  labels: {},
  stopSignal: null,
  volumes: [],
  exposedPorts: [],
};

export interface Layers {
  readonly cell: Cell;
  readonly directory: string;
  readonly launcherPid: number;
  /** A new empty layer. */
  layer(): string;
  readonly lockPath: string;
  run(
    image: Partial<Omit<ResolvedImage, 'layers'>> & Pick<ResolvedImage, 'layers'>,
    job: JobInput,
    options?: RunOptions & { readonly control?: RunControl },
  ): Promise<Outcome>;
}

export function useLayers(): Layers {
  const cell = useCell();
  const directory = mkdtempSync(join(tmpdir(), 'layers-'));
  const lockPath = join(directory, 'lock');
  let connection: LauncherConnection | undefined;
  let count = 0;
  beforeAll(async () => {
    writeFileSync(lockPath, '');
    connection = await connectLauncher(cell.hotcell.address);
  });
  afterAll(() => {
    connection?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const backend = (): Promise<LauncherConnection> => {
    if (connection === undefined) throw new Error('only inside a test');
    return Promise.resolve(connection);
  };
  return {
    cell,
    directory,
    lockPath,
    get launcherPid() {
      return cell.hotcell.launcherPid;
    },
    layer: () => {
      const path = join(directory, `layer${count++}`);
      mkdirSync(path, { mode: 0o755 });
      return path;
    },
    run: async (image, job, { control = new RunControl(), ...options } = {}) => {
      const resolved = {
        reference: 'test',
        id: `sha256:${'0'.repeat(64)}`,
        lockPath,
        config: NO_CONFIG,
        passwd: 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n',
        group: 'root:x:0:\nwww-data:x:33:\nextra:x:50:www-data\n',
        ...image,
      };
      const images = { resolve: () => Promise.resolve(resolved) };
      const context = { backend, host: readHost(), clock: systemClock, images };
      return await runJob(context, parseJob({ image: 'test', ...job }), options, control);
    },
  };
}
