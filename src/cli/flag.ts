import { Option } from 'commander';

/** What a shell offers after a flag that takes a value. */
export type Completes = 'file' | 'image' | 'variable' | 'nothing' | readonly string[];

export interface FlagInit {
  /** Commander's notation: `-m, --memory <size>`. */
  readonly flags: string;
  readonly description: string;
  readonly group: string;
  readonly repeatable?: boolean;
  readonly hidden?: boolean;
  readonly completes?: Completes;
  /** Where the flag's value lands in a job, so that a message about `limits.memory` can name `--memory`. */
  readonly jobPath?: string;
}

/**
 * A flag as everything sees it: the parser, the help, the shell completion and the error messages.
 * Values stay text here; `run/plan.ts` gives them their meaning, so that its errors can be tested without commander.
 */
export class Flag extends Option {
  readonly completes: Completes;
  readonly jobPath: string | undefined;

  constructor(init: FlagInit) {
    super(init.flags, init.description);
    this.completes = init.completes ?? 'nothing';
    this.jobPath = init.jobPath;
    this.helpGroup(init.group);
    if (init.hidden) this.hideHelp();
    if (init.repeatable)
      this.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  }

  /** `--memory`: how messages call the flag. */
  get title(): string {
    return this.long ?? this.short ?? this.flags;
  }
}
