/** What a suite's file may say, before anything is merged. */
import * as z from 'zod';
import { show } from '../../core/index.js';
import { BOUNDS } from '../bounds.js';
import { jobSchema } from '../job.js';
import { closed, listOf, oneOf, parsedText } from '../shape.js';
import { checkLine } from '../text.js';
import { SUITE_BOUNDS } from './bounds.js';
import { expectSchema } from './expect.js';
import { buildSchema, PROGRAM_ALIASES, programSchema } from './program-input.js';
import { COMPARE_MODES } from './suite.js';

const jobShape = jobSchema.in.shape;

export const nameSchema = parsedText((text) => {
  checkLine(text, BOUNDS.name);
  return text;
});

const nameList = (max: number) =>
  z
    .union([nameSchema, listOf(nameSchema, max, '["name"]')], {
      error: ({ input }) =>
        Array.isArray(input) ? '' : `${show(input)} is not a name; use text or a list of names`,
    })
    .transform((names) => [names].flat());

const whole = (min: number, max: number, what: string) =>
  z
    .int({ error: ({ input }) => `${show(input)} is not ${what}; use a whole number from ${min} to ${max}` })
    .min(min, {
      error: ({ input }) => `${show(input)} is too small; at least ${min}`,
    })
    .max(max, { error: ({ input }) => `${show(input)} is too large; at most ${max}` });

const retries = whole(0, SUITE_BOUNDS.retries, 'a number of retries');
const priority = whole(-SUITE_BOUNDS.priority, SUITE_BOUNDS.priority, 'a priority');

const points = z
  .number({
    error: ({ input }) => `${show(input)} is not a number of points; use 0 to ${SUITE_BOUNDS.points}`,
  })
  .min(0, { error: ({ input }) => `${show(input)} is too small; at least 0` })
  .max(SUITE_BOUNDS.points, {
    error: ({ input }) => `${show(input)} is too large; at most ${SUITE_BOUNDS.points}`,
  });

const matrixValue = z.union([z.string(), z.number(), z.boolean()], {
  error: ({ input }) => `${show(input)} is not a value of a matrix; use text, a number, true or false`,
});

const combination = z.record(z.string(), matrixValue, {
  error: ({ input }) => `${show(input)} is not an object; write { key: value }`,
});

const combinations = listOf(combination, SUITE_BOUNDS.combinations, '[{ key: value }]');

const matrixValues = listOf(matrixValue, SUITE_BOUNDS.matrixValues, '[value, value]');

type MatrixValue = string | number | boolean;

/** Written out: of an index signature TypeScript cannot say that two of its keys hold something else. */
export type MatrixInput = Readonly<
  Record<string, readonly MatrixValue[] | readonly Readonly<Record<string, MatrixValue>>[]>
>;

const matrix = z
  .looseObject({ include: combinations.optional(), exclude: combinations.optional() })
  .catchall(matrixValues)
  .meta({
    description: 'one job for each combination of the values; $' + '{matrix.KEY} stands for one',
  }) as unknown as z.ZodType<unknown, MatrixInput>;

const caseOwn = {
  stdin: jobShape.stdin,
  args: jobShape.args,
  env: jobShape.env,
  files: jobShape.files,
  limits: jobShape.limits,
  labels: jobShape.labels,
};

export const caseSchema = closed(
  {
    name: nameSchema.meta({ description: 'what reports call it; unique in its job' }),
    ...caseOwn,
    args: caseOwn.args.meta({ description: "arguments after the job's" }),
    interactor: programSchema.optional().meta({ description: "changes to the job's interactor" }),
    expect: expectSchema.optional(),
    retries: retries.optional(),
    priority: priority.optional(),
    points: points.optional().meta({ description: 'what it is worth when it passes' }),
  },
  {
    aliases: {
      score: 'points',
      weight: 'points',
      marks: 'points',
      input: 'stdin',
      arguments: 'args',
      output: 'expect.stdout',
      stdout: 'expect.stdout',
      stderr: 'expect.stderr',
      status: 'expect.status',
      exitCode: 'expect.exitCode',
    },
  },
);

/** Cases as pairs of files. */
export const caseFilesSchema = closed(
  {
    glob: z.string().min(1, { error: 'is empty; write a pattern such as "tests/*.in"' }).meta({
      description:
        'the inputs, relative to the suite, such as tests/*.in; a case for each, sorted as people count',
    }),
    expect: z.string().optional().meta({
      description:
        "the file with what stdout must be: {stem} is the input's path without its extension, {name} its name, {dir} its directory",
    }),
    compare: oneOf(COMPARE_MODES).optional(),
    tolerance: z.number().optional(),
  },
  {
    aliases: {
      input: 'glob',
      inputs: 'glob',
      files: 'glob',
      pattern: 'glob',
      output: 'expect',
      answer: 'expect',
    },
  },
);

const caseList = listOf(caseSchema, SUITE_BOUNDS.cases, '[{ name: "small", stdin: "1 2\\n" }]');

const cases = z.union([caseList, caseFilesSchema], {
  error: ({ input }) =>
    typeof input === 'object' && input !== null
      ? ''
      : `${show(input)} is not a list; write [{ name: "small", stdin: "1 2\\n" }], or { glob: "tests/*.in", expect: "{stem}.out" }`,
});

/** What is decided for each case by its own value or its job's. */
export const settingsSchema = closed({
  retries: retries.optional(),
  priority: priority.optional(),
  exclusive: z.boolean().optional(),
  points: points.optional(),
});

const inherited = {
  ...jobShape,
  build: buildSchema
    .optional()
    .meta({ description: 'run first, once; its outputs are put in beside the files' }),
  interactor: programSchema.optional().meta({ description: 'a program that talks with this one' }),
  expect: expectSchema.optional(),
  retries: retries.optional().meta({ description: 'further attempts after one that did not pass' }),
  priority: priority.optional().meta({ description: 'higher is earlier' }),
  exclusive: z.boolean().optional().meta({ description: 'nothing else runs meanwhile' }),
  points: points.optional().meta({ description: 'what each of its cases is worth when it passes' }),
  matrix: matrix.optional(),
};

const { name: jobName, ...anonymous } = inherited;

const ALIASES = {
  ...PROGRAM_ALIASES,
  test: 'cases',
  tests: 'cases',
  dependsOn: 'needs',
  depends_on: 'needs',
  depends: 'needs',
  requires: 'needs',
  retry: 'retries',
  attempts: 'retries',
  tags: 'labels',
  score: 'points',
  weight: 'points',
  marks: 'points',
  compile: 'build',
  strategy: 'matrix',
  uses: 'extends',
  judge: 'expect.checker',
  grader: 'expect.checker',
  template: 'extends',
  volumes: 'mounts',
  input: 'stdin',
  stdout: 'expect.stdout',
  stderr: 'expect.stderr',
  status: 'expect.status',
  exitCode: 'expect.exitCode',
  checker: 'expect.checker',
};

const defaultsSchema = closed(anonymous, { aliases: ALIASES });

const reusable = {
  ...anonymous,
  cases: cases.optional(),
  needs: nameList(SUITE_BOUNDS.needs).optional().meta({ description: 'jobs that must have passed' }),
  extends: nameList(SUITE_BOUNDS.extends).optional().meta({ description: 'templates; later ones win' }),
};

const templateSchema = closed(reusable, { aliases: ALIASES });

const suiteJobSchema = closed({ name: jobName, ...reusable }, { aliases: ALIASES });

const templates = z.record(z.string(), templateSchema, {
  error: ({ code, input }) =>
    code === 'invalid_type' ? `${show(input)} is not an object; write { name: { … } }` : undefined,
});

const jobs = listOf(suiteJobSchema, SUITE_BOUNDS.jobs, '[{ command: ["./program"] }]').transform(
  (list, context) => {
    if (list.length === 0)
      context.addIssue({ code: 'custom', message: 'is empty; a suite has at least one job' });
    return list;
  },
);

export const suiteSchema = closed(
  {
    name: nameSchema.optional().meta({ description: "what reports call it; its file's path if not given" }),
    labels: jobShape.labels,
    defaults: defaultsSchema
      .optional()
      .meta({ description: 'what holds for every job that does not say otherwise' }),
    templates: templates.optional().meta({ description: 'parts of jobs, by name, for "extends"' }),
    jobs,
  },
  { aliases: { tests: 'jobs', cases: 'jobs', suites: 'jobs', default: 'defaults', title: 'name' } },
);

/** A suite as a user writes it. */
export type SuiteInput = z.input<typeof suiteSchema>;

/** The keys of a job that are not about its program, but about what is expected of it and when it runs. */
export const SUITE_KEYS: ReadonlySet<string> = new Set(
  Object.keys(suiteJobSchema.shape).filter((key) => !Object.hasOwn(jobShape, key)),
);
