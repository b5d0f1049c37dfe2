/** Trees written for real, by the writer in its sandbox and by the same program as a plain process. */
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { createTreeWriter } from '../../src/engine/images/tree-writer.js';
import { TreeEncoder, type TreeEntry, type TreeSink, type TreeWriter } from '../../src/image/tree/index.js';
import { connectLauncher, findLauncher, type LauncherConnection } from '../../src/launcher/index.js';
import { readHost } from '../../src/sandbox/index.js';
import { useCell } from './cell.js';
import { PlainTree } from './plain-tree.js';

export const KINDS = ['in its sandbox', 'as a plain process'] as const;
export type Kind = (typeof KINDS)[number];

export interface Trees {
  /** Beside the directories of the trees: whatever leaves one may end up here. */
  readonly place: string;
  readonly launcherPid: number;
  writer(): TreeWriter;
  /** A new and empty one. */
  directory(): string;
  sink(kind: Kind, directory: string): Promise<TreeSink>;
  /** What `tell` says, up to the end. */
  write(kind: Kind, directory: string, tell: (tree: TreeEncoder) => Promise<void>): Promise<void>;
}

const CANARY = 'nobody writes here';

/** What outside of the trees must never change. */
function canaries(place: string): unknown {
  const file = lstatSync(join(place, 'canary'), { bigint: true });
  const { mode, uid, gid, nlink, mtimeNs } = file;
  return {
    entries: readdirSync(place).filter((name) => !name.startsWith('tree')),
    content: readFileSync(join(place, 'canary'), 'utf8'),
    directory: readdirSync(join(place, 'canaries')),
    stat: { mode, uid, gid, nlink, mtimeNs },
  };
}

export function useTrees(): Trees {
  const cell = useCell();
  const place = mkdtempSync(join(tmpdir(), 'trees-'));
  mkdirSync(join(place, 'canaries'));
  writeFileSync(join(place, 'canary'), CANARY);
  writeFileSync(join(place, 'canaries', 'one'), CANARY);
  const before = canaries(place);
  let connection: LauncherConnection | undefined;
  let count = 0;
  beforeAll(async () => {
    connection = await connectLauncher(cell.hotcell.address);
  });
  afterAll(() => {
    connection?.close();
    expect(canaries(place)).toEqual(before);
    rmSync(place, { recursive: true, force: true });
  });
  const backend = (): Promise<LauncherConnection> => {
    if (connection === undefined) throw new Error('only inside a test');
    return Promise.resolve(connection);
  };
  const writer = createTreeWriter({ backend, launcherPath: findLauncher(undefined), host: readHost() });
  return {
    place,
    get launcherPid() {
      return cell.hotcell.launcherPid;
    },
    writer: () => writer,
    directory: () => {
      const path = join(place, `tree${count++}`);
      mkdirSync(path);
      return path;
    },
    sink: async (kind, directory) =>
      kind === 'in its sandbox' ? await writer.open(directory) : new PlainTree(directory),
    async write(kind, directory, tell) {
      const tree = new TreeEncoder(await this.sink(kind, directory));
      await tell(tree);
      await tree.end({ sync: false });
    },
  };
}

export const MTIME = { seconds: 1_700_000_000, nanoseconds: 123_456_789 } as const;

/** An entry of root's that anybody may read. */
export const entry = (path: string, rest: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: MTIME,
  ...rest,
});

export async function tellFile(
  tree: TreeEncoder,
  path: string,
  content = path,
  rest: Partial<TreeEntry> = {},
): Promise<void> {
  await tree.file({ ...entry(path, rest), size: Buffer.byteLength(content) });
  await tree.data(Buffer.from(content));
}

export async function tellDirectory(
  tree: TreeEncoder,
  path: string,
  rest: Partial<TreeEntry> = {},
): Promise<void> {
  await tree.directory(entry(path, { mode: 0o755, ...rest }));
}

const KIND_NAMES = [
  ['isDirectory', 'directory'],
  ['isSymbolicLink', 'symlink'],
  ['isFIFO', 'fifo'],
  ['isFile', 'file'],
  ['isCharacterDevice', 'device'],
] as const;

/** One line an entry: kind, mode, owner, and content, target or device. Not for trees that are deep. */
export function listTree(directory: string, below = ''): string[] {
  return readdirSync(join(directory, below))
    .sort()
    .flatMap((name) => {
      const path = join(below, name);
      const stat = lstatSync(join(directory, path));
      const kind = KIND_NAMES.find(([is]) => stat[is]())?.[1] ?? 'other';
      const mode = (stat.mode & 0o7777).toString(8);
      const line = `${path} ${kind} ${mode} ${stat.uid}:${stat.gid}`;
      if (kind === 'directory') return [line, ...listTree(directory, path)];
      if (kind === 'symlink') return [`${path} -> ${readlinkSync(join(directory, path))}`];
      if (kind === 'device') return [`${path} device ${stat.rdev}`];
      return kind === 'file' ? [`${line} ${readFileSync(join(directory, path), 'utf8')}`] : [line];
    });
}

/** The extended attributes of a file, by name. */
export function xattrsOf(path: string): Record<string, string> {
  const script = `import json, os, sys
path = sys.argv[1]
print(json.dumps({n: os.getxattr(path, n).decode() for n in os.listxattr(path)}))`;
  return JSON.parse(execFileSync('python3', ['-c', script, path]).toString()) as Record<string, string>;
}
