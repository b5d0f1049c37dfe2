import type { TarEntry } from './entry.js';
import type { Path } from './names.js';

/** What a layer has there is no regular file of at most 256 KiB, or it hides what lower layers have. */
export const HIDDEN = 'hidden';

/** Text; {@link HIDDEN}, which no such file is; null: the layer does not say. */
export type AccountFile = string | null;

const DATABASES = ['passwd', 'group'] as const;
type Database = (typeof DATABASES)[number];

const MAX_BYTES = 256 * 1024;
const DIRECTORY = 'etc';

const PATHS: ReadonlyMap<string, Database> = new Map(DATABASES.map((name) => [`${DIRECTORY}/${name}`, name]));

/**
 * Keeps what a layer says of /etc/passwd and /etc/group, so that nobody has to open them later in a tree that strangers
 * wrote.
 */
export class Accounts {
  private readonly known: Record<Database, AccountFile> = { passwd: null, group: null };
  private reading: { readonly name: Database; readonly parts: Buffer[] } | null = null;

  get passwd(): AccountFile {
    return this.known.passwd;
  }

  get group(): AccountFile {
    return this.known.group;
  }

  /** An entry that is being made, whose content follows. */
  made({ text }: Path, { type, size }: TarEntry): void {
    if (text === DIRECTORY && type !== 'directory') this.hideAll();
    const name = PATHS.get(text);
    if (name === undefined) return;
    this.known[name] = HIDDEN;
    if (type === 'file' && size <= MAX_BYTES) this.reading = { name, parts: [] };
  }

  /** Something that is made below a symbolic link of this layer, so that nobody knows where. */
  madeSomewhere({ components }: Path): void {
    const name = components.at(-1) ?? '';
    if (name === DIRECTORY || (DATABASES as readonly string[]).includes(name)) this.hideAll();
  }

  data(bytes: Buffer): void {
    // A copy, for the chunk that it is part of is large.
    this.reading?.parts.push(Buffer.from(bytes));
  }

  /** The entry's content is whole. */
  done(): void {
    if (this.reading === null) return;
    this.known[this.reading.name] = Buffer.concat(this.reading.parts).toString('utf8');
    this.reading = null;
  }

  /** What this layer has itself stays. */
  whiteout({ text }: Path): void {
    for (const name of DATABASES) {
      if (text === DIRECTORY || text === `${DIRECTORY}/${name}`) this.known[name] ??= HIDDEN;
    }
  }

  /** A whiteout below a symbolic link of this layer, so that nobody knows of what. */
  hideAll(): void {
    for (const name of DATABASES) this.known[name] = HIDDEN;
  }
}
