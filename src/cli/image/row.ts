import { humanSpan } from '../listing/ago.js';
import { timeCell, withHidden } from '../listing/cells.js';
import { oneLine } from '../text.js';
import { idCell } from './ids.js';
import type { ListedImage } from './model.js';
import { sizeCell } from './size.js';

export const NONE = '<none>';

/** One of an image's names; an image without one has a single entry that says so. */
export interface Entry {
  readonly image: ListedImage;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

export interface Look {
  readonly now: Date;
  readonly truncates: boolean;
}

/** At the last colon behind the last slash: the one of `localhost:5000/x` begins no tag. */
function splitTag(name: string): [repository: string, tag: string] {
  const at = name.lastIndexOf(':');
  return at > name.lastIndexOf('/') ? [name.slice(0, at), name.slice(at + 1)] : [name, NONE];
}

function splitDigest(name: string): [repository: string, digest: string] {
  const at = name.indexOf('@');
  return at < 0 ? [name, NONE] : [name.slice(0, at), name.slice(at + 1)];
}

/** An image as the lines of a list, one for each of its names. */
export function entriesOf(image: ListedImage): Entry[] {
  const digests = new Map(image.digests.map(splitDigest));
  const tagged = image.tags.map((name): Entry => {
    const [repository, tag] = splitTag(name);
    return { image, repository, tag, digest: digests.get(repository) ?? NONE };
  });
  const named = new Set(tagged.map(({ repository }) => repository));
  const untagged = [...digests]
    .filter(([repository]) => !named.has(repository))
    .map(([repository, digest]): Entry => ({ image, repository, tag: NONE, digest }));
  const entries = [...tagged, ...untagged];
  return entries.length > 0 ? entries : [{ image, repository: NONE, tag: NONE, digest: NONE }];
}

const TITLES = {
  Containers: 'CONTAINERS',
  CreatedAt: 'CREATED AT',
  CreatedSince: 'CREATED',
  Digest: 'DIGEST',
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  SharedSize: 'SHARED SIZE',
  Size: 'SIZE',
  Tag: 'TAG',
  UniqueSize: 'UNIQUE SIZE',
  VirtualSize: 'SIZE',
} as const;

/** docker's word for what was not looked at. */
const UNKNOWN = 'N/A';

export const sinceCell = (createdAt: string | null, now: Date): string =>
  createdAt === null ? UNKNOWN : `${humanSpan(now.getTime() - Date.parse(createdAt))} ago`;

export const createdCell = (createdAt: string | null): string =>
  createdAt === null ? UNKNOWN : timeCell(createdAt);

/** An entry as `hotcell image ls` shows it. All of it is harmless text of one line. */
export function rowOf(
  { image, repository, tag, digest }: Entry,
  { now, truncates }: Look,
): Record<keyof typeof TITLES, string> {
  const size = sizeCell(image.sizeBytes);
  return {
    Containers: UNKNOWN,
    CreatedAt: createdCell(image.createdAt),
    CreatedSince: sinceCell(image.createdAt, now),
    Digest: oneLine(digest),
    ID: idCell(image.id, truncates),
    Repository: oneLine(repository),
    SharedSize: UNKNOWN,
    Size: size,
    Tag: oneLine(tag),
    UniqueSize: UNKNOWN,
    VirtualSize: size,
  };
}

/** A row with what a template may ask for besides: `.Labels`, and `.Label "key"`. */
export function templateRow(entry: Entry, look: Look): object {
  const labels = new Map(Object.entries(entry.image.labels));
  return withHidden(rowOf(entry, look), {
    Labels: [...labels].map(([key, value]) => `${key}=${value}`).join(','),
    Label: (key: unknown) => labels.get(String(key)) ?? '',
  });
}

export function templateTitles(): object {
  return withHidden(TITLES, { Labels: 'LABELS', Label: (key: unknown) => String(key).toUpperCase() });
}
