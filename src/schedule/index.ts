export { type BudgetFacts, budgetOf, defaultBudget } from './budget.js';
export type { ScheduleRunOptions, SchedulerOptions, Timer } from './options.js';
export { Scheduler, type SchedulerStats } from './scheduler.js';
export type { Source } from './source.js';
export {
  type Budget,
  checkFits,
  type Dispatcher,
  type Settled,
  type SkipReason,
  type StopReason,
  type Task,
} from './task.js';
