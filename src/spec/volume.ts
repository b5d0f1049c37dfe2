import { invalidSpec, nearest, quote } from '../core/index.js';
import { hostPath, mountTarget } from './paths.js';
import { closed, oneOf, parsedText } from './shape.js';

/** `overlay`: the program may write, and nothing of it reaches the host. */
export const MOUNT_MODES = ['ro', 'rw', 'overlay'] as const;

export type MountMode = (typeof MOUNT_MODES)[number];

/** A file or directory of the host, seen at `target` in the sandbox. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly mode: MountMode;
}

/**
 * The host's side of a mount. There are no named volumes here, so a bare word is refused, since docker would not take
 * it for a path either.
 *
 * @throws HotcellError `invalid-spec`
 */
function mountSource(path: string): string {
  if (/^(?:\/|\.\.?(?:\/|$))/.test(path)) return hostPath(path);
  throw invalidSpec(
    path === ''
      ? '"" is empty; name a path'
      : `${quote(path)} is not a path; write ${quote(`./${path}`)} (there are no named volumes)`,
  );
}

function parseMountMode(text: string, word: string): MountMode {
  if (word === 'O') return 'overlay';
  const mode = MOUNT_MODES.find((known) => known === word);
  if (mode !== undefined) return mode;
  const meant = nearest(word, MOUNT_MODES);
  const ending = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
  throw invalidSpec(
    `${quote(text)} has the mode ${quote(word)}; use one of ${MOUNT_MODES.join(', ')}${ending}`,
  );
}

/**
 * A mount from docker's short form, `HOST:DEST[:ro|rw|overlay|O]`; `ro` unless said otherwise, and `O` is podman's word
 * for overlay. HOST is absolute or begins with "." and cannot contain ":".
 *
 * @throws HotcellError `invalid-spec`
 */
export function parseVolume(text: string): Mount {
  const [source, target, mode, ...rest] = text.split(':');
  if (source === undefined || target === undefined || rest.length > 0) {
    throw invalidSpec(`${quote(text)} is not a volume; use HOST:DEST[:ro|rw|overlay]`);
  }
  return {
    source: mountSource(source),
    target: mountTarget(target),
    mode: mode === undefined ? 'ro' : parseMountMode(text, mode),
  };
}

/** A mount as a user writes it in a job; `ro` unless said otherwise. */
export const mountSchema = closed(
  {
    source: parsedText(mountSource).meta({ description: 'a path on the host' }),
    target: parsedText(mountTarget).meta({ description: 'an absolute path in the sandbox' }),
    mode: oneOf(MOUNT_MODES).prefault('ro'),
  },
  {
    aliases: {
      src: 'source',
      host: 'source',
      from: 'source',
      dest: 'target',
      destination: 'target',
      dst: 'target',
      to: 'target',
    },
  },
);
