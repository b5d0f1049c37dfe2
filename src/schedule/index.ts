export { budgetOf, defaultBudget } from './budget.js';
export type { ScheduleRunOptions, SchedulerOptions } from './options.js';
export { Scheduler } from './scheduler.js';
export { type Budget, checkFits, type Dispatcher, type Settled, type Task } from './task.js';
