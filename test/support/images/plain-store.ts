/** A store whose layers are unpacked in this process, into nothing: for all that is not about files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openArchive, readImages } from '../../../src/image/formats/index.js';
import {
  ImageStore,
  type LayerJob,
  performLayer,
  type StoreProgress,
  type StoreTools,
} from '../../../src/image/store/index.js';
import type { TreeSink } from '../../../src/image/tree/index.js';
import type { ImageConfig } from '../../../src/spec/index.js';

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

const NOWHERE: TreeSink = {
  write: () => Promise.resolve(),
  end: () => Promise.resolve(),
  abort: () => Promise.resolve(),
};

export interface PlainStore {
  readonly home: string;
  readonly store: ImageStore;
  /** Layers that were worked on so far. */
  readonly jobs: readonly LayerJob[];
  readonly progress: readonly StoreProgress[];
  /** A file beside the store. */
  path(name: string): string;
  load(path: string): Promise<string[]>;
  /** Every file of the store but locks, and what it has or how large it is. */
  listing(): Record<string, string>;
}

function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? [`${path}/`, ...walk(path)] : [path];
  });
}

const SHOWN_BYTES = 4096;

export function storeListing(home: string): Record<string, string> {
  const root = join(home, 'images');
  const entries = walk(root)
    .filter((path) => !path.startsWith(join(root, 'locks')))
    .sort()
    .map((path): [string, string] => {
      if (path.endsWith('/')) return [relative(root, path), 'directory'];
      const { size } = statSync(path);
      return [relative(root, path), size > SHOWN_BYTES ? `${size} bytes` : readFileSync(path, 'latin1')];
    });
  return Object.fromEntries(entries);
}

export async function openPlainStore(
  home: string,
  jobs: LayerJob[] = [],
  trees: Partial<StoreTools['trees']> = {},
): Promise<ImageStore> {
  const openRegistry = () => Promise.reject(new Error('no registry here'));
  const writer = { open: () => Promise.resolve(NOWHERE) };
  return await ImageStore.open(home, {
    perform: (job, options) => {
      jobs.push(job);
      return performLayer(job, { trees: writer, openRegistry }, options);
    },
    trees: {
      remove: (parent, name) => rm(join(parent, name), { recursive: true, force: true }),
      sync: () => Promise.resolve(),
      ...trees,
    },
  });
}

export function usePlainStore(): PlainStore {
  let directory = '';
  let store: ImageStore | undefined;
  const jobs: LayerJob[] = [];
  const progress: StoreProgress[] = [];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'store-'));
    store = await openPlainStore(directory, jobs);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
    jobs.length = 0;
    progress.length = 0;
  });
  const opened = (): ImageStore => {
    if (store === undefined) throw new Error('only inside a test');
    return store;
  };
  return {
    get home() {
      return directory;
    },
    get store() {
      return opened();
    },
    jobs,
    progress,
    path: (name) => join(directory, name),
    listing: () => storeListing(directory),
    load: async (path) => {
      const ids = await opened().adding(
        { onProgress: (one) => progress.push(one) },
        async ({ session, add }) => {
          const files = await openArchive({ path }, { newFile: () => session.newFile() });
          try {
            const added = await add(await readImages(files, { platform: null, stem: 'test' }));
            return added.map(({ record }) => record.id);
          } finally {
            await files.close();
          }
        },
      );
      await opened().close();
      return ids;
    },
  };
}
