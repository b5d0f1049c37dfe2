import { HotcellError } from '../../core/index.js';
import type { Outcome } from '../../spec/index.js';
import type { History, LiveRun } from '../history/model.js';
import { reason } from '../reason.js';
import type { RunPlan } from './plan.js';
import { usageError } from './values.js';

export interface HistoryService {
  openHistory(): Promise<History>;
}

interface Ending {
  readonly exitCode: number;
  readonly outcome: Outcome | null;
}

/** What of a run goes into the history: a run that has no name leaves nothing behind. */
export interface Keeping {
  /** Takes what the program writes; undefined when nobody wants it. */
  readonly write: LiveRun['write'] | undefined;
  /** @returns what to tell the user, if not everything could be kept */
  finish(ending: Ending): Promise<string[]>;
  /** For a run that never began. */
  discard(): Promise<void>;
}

const NOTHING: Keeping = {
  write: undefined,
  finish: async () => [],
  discard: async () => undefined,
};

/** A name that cannot be had is a flag that is wrong. */
function asName(error: unknown): unknown {
  if (!(error instanceof HotcellError) || error.code !== 'invalid-usage') return error;
  const hint = error.hint === undefined ? '' : `; ${error.hint}`;
  return usageError(`--name: ${error.message}${hint}`, error);
}

async function begin(history: History, name: string, { plan, cwd }: About): Promise<LiveRun> {
  const { labels = {}, entrypoint = [], command = [], args = [] } = plan.job;
  try {
    const argv = [...entrypoint, ...command, ...args];
    const words = { labels: { ...labels }, image: plan.image, command: argv, cwd };
    return await history.create({ kind: 'run', name, ...words, stoppable: true });
  } catch (error) {
    throw asName(error);
  }
}

interface About {
  readonly plan: Pick<RunPlan, 'job' | 'image' | 'keep'>;
  readonly cwd: string;
}

/**
 * Takes the name of a run that has one, before anything is started.
 *
 * @throws HotcellError `invalid-usage` for a name that another run has, `io`
 */
export async function keepRun(service: HistoryService, about: About): Promise<Keeping> {
  const { keep } = about.plan;
  if (keep === null) return NOTHING;
  const history = await service.openHistory();
  const live = await begin(history, keep.name, about);
  const forget = async (): Promise<void> => {
    await history.remove(live.id, { force: false });
  };
  return {
    write: async (stream, bytes) => await live.write(stream, bytes),
    finish: async (ending) => {
      try {
        await live.finish(ending);
        if (keep.removes) await forget();
        return [];
      } catch (error) {
        return [`--name: ${reason(error)}`];
      }
    },
    discard: async () => {
      // Nothing could be started, which is what is told; a record that stays shows as lost and goes with its age.
      await live.finish({ exitCode: 125, outcome: null }).catch(() => undefined);
      await forget().catch(() => undefined);
    },
  };
}
