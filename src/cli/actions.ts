import type { Command } from 'commander';
import type { DoctorFlags } from './doctor/command.js';
import type { HistoryActions } from './history/index.js';
import type { ImageActions } from './image/index.js';
import type { InitFlags } from './init/flags.js';
import type { DiffFlags, ReportFlags } from './report/flags.js';
import type { RunFlags } from './run/flags.js';
import type { TestFlags } from './test/flags.js';
import type { ValidateFlags } from './validate-flags.js';

/** What the commands do; everything heavy is imported behind these. */
export interface Actions extends HistoryActions, ImageActions {
  run(flags: RunFlags, command: readonly string[]): Promise<void>;
  test(flags: TestFlags, files: readonly string[]): Promise<void>;
  validate(flags: ValidateFlags, files: readonly string[]): Promise<void>;
  init(flags: InitFlags, directory: string): Promise<void>;
  report(flags: ReportFlags, files: readonly string[]): Promise<void>;
  reportDiff(flags: DiffFlags, before: string, after: string): Promise<void>;
  doctor(flags: DoctorFlags): Promise<void>;
  schema(name: string): Promise<void>;
  seccompShow(name: string): Promise<void>;
  completion(shell: string, program: Command): Promise<void>;
  help(words: readonly string[], program: Command): Promise<void>;
  version(): Promise<void>;
}
