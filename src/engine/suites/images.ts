/** The images of the store that suites need, found before anything runs: all cases that name one run in the same. */
import { HotcellError, quote } from '../../core/index.js';
import {
  type Build,
  type Case,
  imageKind,
  type Program,
  type ResolvedImage,
  type Suite,
} from '../../spec/index.js';
import { type Selected, type Selection, select } from './select.js';
import { programsOf } from './tasks.js';

/** @throws HotcellError `image-not-found`, and others that end everything */
export type FindImage = (reference: string) => Promise<Pick<ResolvedImage, 'id'>>;

/** Ids by reference. */
type ImageIds = ReadonlyMap<string, string>;

const keyOf = ({ name }: Suite, build: string): string => JSON.stringify([name, build]);

function buildsOf(selected: readonly Selected[]): ReadonlyMap<string, Build> {
  const suites = [...new Set(selected.map(({ suite }) => suite))];
  return new Map(suites.flatMap((suite) => suite.builds.map((build) => [keyOf(suite, build.id), build])));
}

/** By reference the place in a suite that names it first. */
function wantedBy(selected: readonly Selected[]): ReadonlyMap<string, string> {
  const builds = buildsOf(selected);
  const wanted = new Map<string, string>();
  for (const { suite, case: item } of selected) {
    const programs = programsOf(item);
    const made = programs.flatMap(({ build }) =>
      build === null ? [] : (builds.get(keyOf(suite, build)) ?? []),
    );
    for (const one of [...programs, ...made]) {
      const { image } = one.job;
      if (isOpen(one) && !wanted.has(image)) wanted.set(image, placeOf(suite, image));
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

/** What each reference of these cases, their builds and companions means now. */
async function findImages(selected: readonly Selected[], find: FindImage): Promise<ImageIds> {
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

type Pin = <Kept extends Program | Build | null>(program: Kept) => Kept;

/** What is shared before is shared afterwards: a hundred thousand cases may have one program. */
function pinner(ids: ImageIds): Pin {
  const pinned = new Map<Program | Build, Program | Build>();
  return (program) => {
    const imageId = program === null ? undefined : ids.get(program.job.image);
    if (program === null || imageId === undefined) return program;
    const known = pinned.get(program) ?? { ...program, job: { ...program.job, imageId } };
    pinned.set(program, known);
    return known as typeof program;
  };
}

/** Written out: spread, each case would have a hidden class of its own, which is larger than the case. */
function pinnedCase(item: Case, pin: Pin): Case {
  const { job, case: name, needs, retries, points, priority, exclusive, labels } = item;
  const { checker } = item.expect;
  const expect = checker === null ? item.expect : { ...item.expect, checker: pin(checker) };
  const [program, interactor] = [pin(item.program), pin(item.interactor)];
  return {
    job,
    case: name,
    program,
    expect,
    interactor,
    needs,
    retries,
    points,
    priority,
    exclusive,
    labels,
  };
}

const isOpen = ({ job }: Program | Build): boolean =>
  job.imageId === null && imageKind(job.image).kind === 'store';

const usesStore = ({ builds, cases }: Suite): boolean =>
  builds.some(isOpen) || cases.some((item) => programsOf(item).some(isOpen));

/**
 * The suites with the image that each reference of what is selected means now, whatever becomes of it while they run.
 *
 * @throws HotcellError `image-not-found` with a line for each that is not there, and what `find` throws besides
 */
export async function pinImages(
  suites: readonly Suite[],
  selection: Selection,
  find: FindImage,
): Promise<readonly Suite[]> {
  if (!suites.some(usesStore)) return suites;
  const pin = pinner(await findImages(select(suites, selection), find));
  return suites.map((suite) => ({
    ...suite,
    builds: suite.builds.map(pin),
    cases: suite.cases.map((item) => pinnedCase(item, pin)),
  }));
}
