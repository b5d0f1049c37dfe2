/** The images of the store that suites need, found before anything runs: all cases that name one run in the same. */
import { HotcellError, quote } from '../../core/index.js';
import { type CheckedJob, imageKind, type ResolvedImage, type Suite } from '../../spec/index.js';
import type { Selected } from './select.js';
import { programsOf } from './tasks.js';

/** @throws HotcellError `image-not-found`, and others that end everything */
export type FindImage = (reference: string) => Promise<Pick<ResolvedImage, 'id'>>;

/** Ids by reference. */
export type ImageIds = ReadonlyMap<string, string>;

function jobsOf({ suite, case: item }: Selected, builds: ReadonlyMap<string, CheckedJob>): CheckedJob[] {
  return programsOf(item).flatMap(({ job, build }) => {
    const built = build === null ? undefined : builds.get(`${suite.name}\n${build}`);
    return built === undefined ? [job] : [job, built];
  });
}

/** By reference the place in a suite that names it first. */
function wantedBy(selected: readonly Selected[]): ReadonlyMap<string, string> {
  const suites = new Set(selected.map(({ suite }) => suite));
  const builds = new Map(
    [...suites].flatMap(({ name, builds: all }) =>
      all.map(({ id, job }) => [`${name}\n${id}`, job] as const),
    ),
  );
  const wanted = new Map<string, string>();
  for (const one of selected) {
    for (const { image } of jobsOf(one, builds)) {
      if (imageKind(image).kind === 'store' && !wanted.has(image))
        wanted.set(image, placeOf(one.suite, image));
    }
  }
  return wanted;
}

const placeOf = ({ name, imagePlaces }: Suite, image: string): string =>
  imagePlaces?.get(image) ?? quote(name);

const REMEDY =
  'fetch it with "hotcell image pull NAME" or --pull missing, or load it with "hotcell image load -i PATH"';

const MOST_PROBLEMS = 25;

function notFound(problems: readonly string[]): HotcellError {
  const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
  const message = [...problems.slice(0, MOST_PROBLEMS), ...more].join('\n');
  return new HotcellError({ code: 'image-not-found', message, hint: REMEDY });
}

const isMissing = (error: unknown): error is HotcellError =>
  error instanceof HotcellError && error.code === 'image-not-found';

/**
 * What each reference of these cases, their builds and companions means now.
 *
 * @throws HotcellError `image-not-found` with a line for each that is not there, and what `find` throws besides
 */
export async function findImages(selected: readonly Selected[], find: FindImage): Promise<ImageIds> {
  const ids = new Map<string, string>();
  const problems: string[] = [];
  for (const [reference, place] of wantedBy(selected)) {
    try {
      ids.set(reference, (await find(reference)).id);
    } catch (error) {
      if (!isMissing(error)) throw error;
      problems.push(`${place}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw notFound(problems);
  return ids;
}

/** The job with the image that its reference meant when everything began. */
export function withImageId(job: CheckedJob, ids: ImageIds): CheckedJob {
  const imageId = ids.get(job.image);
  return imageId === undefined ? job : { ...job, imageId };
}
