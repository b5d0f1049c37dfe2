/** Archives in cpio's "newc" format, which the kernel takes as an initramfs; see Documentation/driver-api/early-userspace/buffer-format. */

export interface CpioEntry {
  readonly path: string;
  /** Type and permissions, as in st_mode. */
  readonly mode: number;
  readonly content: Uint8Array;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0').toUpperCase();

const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

function encode({ path, mode, content }: CpioEntry, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  // magic, ino, mode, uid, gid, nlink, mtime, filesize, four device numbers, namesize, check
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map(hex).join('')}`);
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(content)]);
}

export function cpio(entries: readonly CpioEntry[]): Buffer {
  const end: CpioEntry = { path: 'TRAILER!!!', mode: 0, content: new Uint8Array() };
  return Buffer.concat([...entries, end].map((entry, index) => encode(entry, index + 1)));
}

export const directory = (path: string): CpioEntry => ({ path, mode: 0o040755, content: new Uint8Array() });

export const executable = (path: string, content: Uint8Array): CpioEntry => ({
  path,
  mode: 0o100755,
  content,
});
