import { runBuild, runCase, type TaskOptions, type WorkerContext } from '../worker/index.js';
import type { WorkItem, WorkResult } from './messages.js';

/** Carries out a case or a build, in whatever thread this is. @throws as `runCase` and `runBuild` */
export async function perform(
  context: WorkerContext,
  item: WorkItem,
  options: TaskOptions,
): Promise<WorkResult> {
  if (item.kind === 'case') return { outcome: await runCase(context, item.task, options), files: [] };
  return await runBuild(context, item.task, options);
}
