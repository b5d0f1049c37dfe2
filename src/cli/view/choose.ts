import type { HostEnv } from '../../spec/index.js';
import { LiveView } from './live.js';
import { PlainView } from './plain.js';
import { NO_VIEW, type View, type ViewContext } from './view.js';

interface Surroundings {
  readonly quiet: boolean;
  readonly stderrIsTty: boolean;
  readonly env: HostEnv;
}

/** Whether a view that redraws itself would be understood: not in a log, even if the CI system calls it a terminal. */
export function wantsLive({ stderrIsTty, env }: Omit<Surroundings, 'quiet'>): boolean {
  const isCi = !['', '0', 'false', undefined].includes(env.CI);
  return stderrIsTty && env.TERM !== 'dumb' && !isCi;
}

export function chooseView(around: Surroundings, context: ViewContext): View {
  if (around.quiet) return NO_VIEW;
  return wantsLive(around) ? new LiveView(context) : new PlainView(context);
}
