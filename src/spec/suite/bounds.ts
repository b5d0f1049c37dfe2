const MIB = 1024 ** 2;

/**
 * How large a suite may be, in every respect: no file, however made, can take the memory or the time of the process that
 * reads it. Its jobs have the bounds of every job besides; see `BOUNDS`.
 */
export const SUITE_BOUNDS = {
  fileBytes: 16 * MIB,
  /** Files of one load. */
  files: 10_000,
  /** Tokens of the text: what a YAML parser needs memory for. */
  tokens: 2_000_000,
  /** Nesting, and values in all, with every alias counted as if it were written out. */
  depth: 24,
  values: 500_000,
  aliases: 100,
  jobs: 100_000,
  /** Cases of a suite after every matrix was expanded. */
  cases: 200_000,
  templates: 1000,
  /** Templates of one job or template, and how deep they may extend each other. */
  extends: 32,
  matrixKeys: 16,
  matrixValues: 1000,
  /** Jobs that one matrix makes. */
  combinations: 10_000,
  /** Values of the matrices of all jobs, and entries of `exclude` times the combinations that they are compared with. */
  matrixSteps: 10_000_000,
  /** Values of all jobs and templates with what they inherit, for each step of merging and each combination. */
  expanded: 10_000_000,
  /** Characters of all strings that matrix values were put into. */
  substituted: 64 * MIB,
  needs: 1000,
  retries: 100,
  /** Of each stream: all of it is kept to be judged. */
  outputBytes: 256 * MIB,
  priority: 1_000_000,
  points: 1_000_000,
  /** Characters of a regular expression. */
  regexp: 65_536,
  /** Problems that one error message lists. */
  problems: 200,
} as const;
