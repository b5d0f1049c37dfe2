import { HotcellError } from '../../core/index.js';
import type { Flag } from '../flag.js';
import { runFlags } from './flags.js';
import { usageError } from './values.js';

/** Places in a job that no single flag sets. */
const OTHER_PLACES: Readonly<Record<string, string>> = {
  command: 'COMMAND',
  'limits.openFiles': '--ulimit nofile',
  'limits.fileSize': '--ulimit fsize',
  'limits.stack': '--ulimit stack',
};

function places(): [path: string, title: string][] {
  const flags = runFlags().flatMap((flag: Flag): [string, string][] =>
    flag.jobPath === undefined ? [] : [[flag.jobPath, flag.title]],
  );
  return [...flags, ...Object.entries(OTHER_PLACES)];
}

/** What follows the place: the key of a map is shown, the index in a list is not, since the message has the value. */
const REST = /^(?:\[\d+\](?:\.\w+)?|\[("(?:[^"\\]|\\.)*")\]|\.([\w$]+))?(: .*)$/s;

/** `limits.memory: "64q" is not a size` is for who writes a spec; who typed a flag reads `--memory: …`. */
export function nameFlag(line: string): string {
  for (const [place, title] of places()) {
    if (!line.startsWith(place)) continue;
    const [, quoted, plain, rest] = REST.exec(line.slice(place.length)) ?? [];
    const key = quoted ?? plain;
    if (rest !== undefined) return `${title}${key === undefined ? '' : ` ${key}`}${rest}`;
  }
  return line;
}

const LIMIT = /\blimits\.[a-zA-Z]+/g;

/** The same for a place that a message names anywhere, such as `raise limits.disk`. */
export function withFlagNames(text: string): string {
  const titles = new Map(places());
  return text
    .split('\n')
    .map((line) => nameFlag(line).replace(LIMIT, (place) => titles.get(place) ?? place))
    .join('\n');
}

/** Runs `use`, and words what the spec finds wrong with the job for someone who typed flags. */
export function inTermsOfFlags<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw asUsage(error);
  }
}

/** As {@link inTermsOfFlags}, for an error that is there already. What this host cannot do stays an error of its own. */
export function asUsage(error: unknown): unknown {
  if (!(error instanceof HotcellError)) return error;
  const { code, hint } = error;
  if (code === 'invalid-spec') return usageError(withFlagNames(error.message), error);
  if (code !== 'isolation-unavailable') return error;
  return new HotcellError({ code, message: withFlagNames(error.message), hint, cause: error });
}
