import * as z from 'zod';
import { BOUNDS } from './bounds.js';
import { parseCapability, parseGivenCapability } from './capabilities.js';
import { checkArgument } from './command.js';
import { checkEnvEntry, checkEnvSize } from './env.js';
import { filesSchema } from './files.js';
import { checkHostname } from './hostname.js';
import { parseImageRef } from './image.js';
import { limitsSchema } from './limits.js';
import { absolutePath, filePath, hostPath } from './paths.js';
import { ISOLATION_LEVELS, NETWORKS, resolveJob } from './resolve.js';
import { seccompSchema } from './seccomp/index.js';
import { attempt, type Context, closed, listOf, oneOf, parsedText, textMap } from './shape.js';
import { stdinSchema } from './stdin.js';
import { checkLine } from './text.js';
import { tmpfsSchema } from './tmpfs.js';
import { ttySchema } from './tty.js';
import { parseUser } from './user.js';
import { mountSchema } from './volume.js';

export type { CheckedJob, Job } from './resolve.js';

function eachEntry(check: (key: string, value: string) => void) {
  return (map: Record<string, string>, context: Context): Record<string, string> => {
    for (const [key, value] of Object.entries(map)) attempt(context, [key], () => check(key, value));
    return map;
  };
}

function checkLabel(key: string, value: string): void {
  checkLine(key, BOUNDS.labelKey);
  if (value !== '') checkLine(value, BOUNDS.labelValue);
}

const name = parsedText((text) => {
  checkLine(text, BOUNDS.name);
  return text;
});

const argumentList = listOf(parsedText(checkArgument), BOUNDS.args, '["./program", "--flag"]');

const env = textMap(BOUNDS.envEntries, '{ "NAME": "value" }')
  .transform(eachEntry(checkEnvEntry))
  .transform((map, context) => {
    attempt(context, [], () => checkEnvSize(map));
    return map;
  });

const labels = textMap(BOUNDS.labels, '{ "key": "value" }').transform(eachEntry(checkLabel));

const capabilityList = (parse: (text: string) => string) =>
  listOf(parsedText(parse), BOUNDS.capabilities, '["CHOWN"]').prefault([]);

/** Keys that other tools have, and ours for the same thing. */
const ALIASES = {
  cmd: 'command',
  argv: 'command',
  program: 'command',
  environment: 'env',
  cwd: 'workdir',
  workingDir: 'workdir',
  working_dir: 'workdir',
  volumes: 'mounts',
  binds: 'mounts',
  readOnly: 'readOnlyRoot',
  read_only: 'readOnlyRoot',
  cap_add: 'capAdd',
  cap_drop: 'capDrop',
  input: 'stdin',
  net: 'network',
  timeout: 'limits.wallTime',
  ...Object.fromEntries(Object.keys(limitsSchema.in.shape).map((key) => [key, `limits.${key}`])),
};

const jobInput = closed(
  {
    name: name.optional().meta({ description: "what reports call it; the program's name if not given" }),
    image: parsedText(parseImageRef)
      .prefault('host')
      .meta({ description: 'host, dir:PATH, or an image of the store such as debian:12' }),
    command: argumentList.optional().meta({
      description: "program and arguments; in an image of the store, what follows the image's entrypoint",
    }),
    entrypoint: argumentList.optional().meta({ description: 'instead of command: what args follow' }),
    args: argumentList.optional().meta({ description: 'arguments after entrypoint' }),
    env: env.prefault({}).meta({ description: "environment variables; none of the host's" }),
    envFile: listOf(parsedText(hostPath), BOUNDS.envFiles, '["path"]')
      .prefault([])
      .meta({ description: "files of KEY=VALUE lines, by docker's rules" }),
    workdir: parsedText(absolutePath)
      .optional()
      .meta({ description: "where the program starts; the image's, or else /box" }),
    user: parsedText(parseUser).optional().meta({
      description:
        "UID:GID, UID, NAME or NAME:GROUP; the image's, or else 0:0 in an image of the store and 1000:1000 elsewhere",
    }),
    hostname: parsedText(checkHostname).prefault('hotcell'),
    stdin: stdinSchema.prefault('').meta({ description: 'what the program reads' }),
    files: filesSchema.prefault({}).meta({ description: 'files to put in, by path in the sandbox' }),
    mounts: listOf(mountSchema, BOUNDS.mounts, '[{ source, target }]').prefault([]),
    tmpfs: listOf(tmpfsSchema, BOUNDS.tmpfs, '[{ target: "/path" }]').prefault([]),
    outputs: listOf(parsedText(filePath), BOUNDS.outputs, '["path"]')
      .prefault([])
      .meta({ description: 'paths to copy out after the run' }),
    limits: limitsSchema.prefault({}),
    network: oneOf(NETWORKS).prefault('none'),
    isolation: oneOf(ISOLATION_LEVELS).prefault('full'),
    readOnlyRoot: z.boolean().prefault(false),
    seccomp: seccompSchema
      .prefault('default')
      .meta({ description: "default, strict, unconfined, { path } or a policy in docker's profile format" }),
    capAdd: capabilityList(parseGivenCapability).meta({
      description: 'what root keeps of what capDrop takes, such as CHOWN',
    }),
    capDrop: capabilityList(parseCapability).meta({ description: 'what not even root has, such as ALL' }),
    tty: ttySchema.prefault(false).meta({ description: 'run on a terminal of this size' }),
    labels: labels.prefault({}).meta({ description: 'text that outcomes can be grouped by' }),
    allowDegraded: z.boolean().prefault(false).meta({ description: 'run even if a control is missing' }),
  },
  { aliases: ALIASES },
);

/** Checks a job and fills in what is not given. For errors that are made for people use `parseJob`. */
export const jobSchema = jobInput.transform(resolveJob);

/** A job as a user writes it; only `command` (or `entrypoint`) is required, and not even that where the image has it. */
export type JobInput = z.input<typeof jobSchema>;
