import type { LayerTarget } from '../../../src/image/archive/index.js';

/** An operation that a tree was told, in words: `file etc/passwd 644 0:0 12`. */
type Told = string;

type Path = string | Uint8Array;

const text = (path: Path): string => (typeof path === 'string' ? path : Buffer.from(path).toString('latin1'));

/** Fails like the tree's writer would, for paths that a plan must never have. */
function safe(path: Path, { root = false } = {}): string {
  const shown = text(path);
  const components = shown.split('/');
  const bad = components.some((part) => part === '' || part === '.' || part === '..' || part.length > 255);
  if (shown.includes('\0') || shown.length > 4095 || (bad && !(root && shown === ''))) {
    throw new Error(`unsafe path reached the tree: ${JSON.stringify(shown)}`);
  }
  return shown === '' ? '/' : shown;
}

const owner = ({ uid, gid }: { readonly uid: number; readonly gid: number }): string => {
  for (const id of [uid, gid])
    if (!(Number.isInteger(id) && id >= 0 && id <= 65534)) throw new Error(`unsafe id ${id}`);
  return `${uid}:${gid}`;
};

const time = ({
  seconds,
  nanoseconds,
}: {
  readonly seconds: number;
  readonly nanoseconds: number;
}): string => (nanoseconds === 0 ? `@${seconds}` : `@${seconds}.${String(nanoseconds).padStart(9, '0')}`);

/** A tree that keeps what it was told. Each operation must have been awaited before the next, and contents must be whole. */
export class RecordingTree implements LayerTarget {
  readonly told: Told[] = [];
  /** Contents of files, by path; the last of each. */
  readonly contents = new Map<string, Buffer>();
  dataBytes = 0;
  ended = false;
  aborted = false;
  private missing = 0;
  private current = '';
  private busy = false;

  /** @param slow every n-th operation has to be waited for @param keep whether contents are kept */
  constructor(
    private readonly slow = 0,
    private readonly keep = true,
  ) {}

  directory(entry: Parameters<LayerTarget['directory']>[0]): Promise<void> | undefined {
    return this.tell(`directory ${safe(entry.path, { root: true })} ${this.attributes(entry)}`);
  }

  file(entry: Parameters<LayerTarget['file']>[0]): Promise<void> | undefined {
    const taken = this.tell(`file ${safe(entry.path)} ${this.attributes(entry)} ${entry.size}`);
    this.missing = entry.size;
    this.current = text(entry.path);
    this.contents.set(this.current, Buffer.alloc(0));
    return taken;
  }

  data(bytes: Uint8Array): Promise<void> | undefined {
    this.missing -= bytes.length;
    this.dataBytes += bytes.length;
    if (this.missing < 0) throw new Error(`${this.current} got more than its size`);
    if (this.keep)
      this.contents.set(
        this.current,
        Buffer.concat([this.contents.get(this.current) ?? Buffer.alloc(0), bytes]),
      );
    return this.wait();
  }

  symlink(entry: Parameters<LayerTarget['symlink']>[0]): Promise<void> | undefined {
    return this.tell(
      `symlink ${safe(entry.path)} ${owner(entry)} ${time(entry.mtime)} -> ${text(entry.target)}`,
    );
  }

  hardlink({ path, target }: Parameters<LayerTarget['hardlink']>[0]): Promise<void> | undefined {
    return this.tell(`hardlink ${safe(path)} => ${safe(target)}`);
  }

  fifo(entry: Parameters<LayerTarget['fifo']>[0]): Promise<void> | undefined {
    return this.tell(`fifo ${safe(entry.path)} ${this.attributes(entry)}`);
  }

  whiteout(path: Path): Promise<void> | undefined {
    return this.tell(`whiteout ${safe(path)}`);
  }

  opaque(path: Path): Promise<void> | undefined {
    return this.tell(`opaque ${safe(path)}`);
  }

  xattr({ path, name, value }: Parameters<LayerTarget['xattr']>[0]): Promise<void> | undefined {
    return this.tell(
      `xattr ${safe(path, { root: true })} ${text(name)}=${Buffer.from(value).toString('latin1')}`,
    );
  }

  times(path: Path, mtime: Parameters<LayerTarget['times']>[1]): Promise<void> | undefined {
    return this.tell(`times ${safe(path, { root: true })} ${time(mtime)}`);
  }

  async end(): Promise<void> {
    await this.tell('end');
    this.ended = true;
  }

  async abort(): Promise<void> {
    this.aborted = true;
  }

  private attributes(entry: Parameters<LayerTarget['fifo']>[0]): string {
    if ((entry.mode & ~0o7777) !== 0) throw new Error(`unsafe mode ${entry.mode}`);
    return `${entry.mode.toString(8)} ${owner(entry)} ${time(entry.mtime)}`;
  }

  private tell(operation: Told): Promise<void> | undefined {
    if (this.missing !== 0)
      throw new Error(`${this.current} lacks ${this.missing} bytes before: ${operation}`);
    this.told.push(operation);
    return this.wait();
  }

  private wait(): Promise<void> | undefined {
    if (this.busy) throw new Error('an operation was not awaited');
    if (this.slow === 0 || this.told.length % this.slow !== 0) return undefined;
    this.busy = true;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.busy = false;
        resolve();
      });
    });
  }
}
