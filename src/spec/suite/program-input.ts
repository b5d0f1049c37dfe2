/** The shapes of what serves a job: its build, checker and interactor. */
import { jobSchema } from '../job.js';
import { closed } from '../shape.js';

const { name: _name, labels: _labels, stdin, tty: _tty, ...servant } = jobSchema.in.shape;

/** Keys that other tools have, and ours for the same thing. */
export const PROGRAM_ALIASES = {
  cmd: 'command',
  argv: 'command',
  run: 'command',
  script: 'command',
  environment: 'env',
  cwd: 'workdir',
  timeout: 'limits.wallTime',
  artifacts: 'outputs',
  output: 'outputs',
  ...Object.fromEntries(
    ['cpuTime', 'wallTime', 'memory', 'pids', 'disk'].map((key) => [key, `limits.${key}`]),
  ),
};

/** A program that is run once, before all that need its outputs. */
export const buildSchema = closed({ ...servant, stdin }, { aliases: PROGRAM_ALIASES });

const { outputs: _outputs, ...withoutOutputs } = servant;

/** A program that is run beside or after another; what it reads is not its own to say. */
export const programSchema = closed(
  { ...withoutOutputs, build: buildSchema.optional() },
  { aliases: PROGRAM_ALIASES },
);
