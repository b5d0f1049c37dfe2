import { childOf, type Tree } from './tree.js';

/** Jobs and templates. */
export function* partsOf(suite: Tree): Generator<Tree> {
  const [jobs, templates] = [childOf(suite, 'jobs'), childOf(suite, 'templates')];
  if (jobs?.kind === 'list') yield* jobs.items;
  if (templates?.kind === 'map') yield* templates.entries.values();
}
