import type { Clock } from '../core/index.js';
import type { DoctorReport } from '../engine/index.js';
import type { Actions } from './actions.js';
import { findCommand } from './help-command.js';
import type { History, HistoryActions } from './history/index.js';
import type { ImageServices } from './image/index.js';
import type { Io } from './io/io.js';
import type { ImageFinder } from './obtain-image.js';
import type { ReportKit } from './report/command.js';
import type { DiffKit } from './report/diff.js';
import type { Engine } from './run/engine.js';
import type { TestKit } from './test/kit.js';

/** What the commands about suites stand on. */
export interface SuiteKit extends TestKit, ReportKit, DiffKit {}

/** What the commands stand on; `main.ts` gives the real engine, tests one of their own. */
export interface Services {
  readonly io: Io;
  readonly version: string;
  startEngine(): Promise<Engine>;
  diagnose(): Promise<DoctorReport>;
  readonly loadKit: () => Promise<SuiteKit>;
  readonly openHistory: () => Promise<History>;
  readonly openImages: ImageServices['openImages'];
  readonly findImage: ImageFinder['findImage'];
  /** The system's unless said otherwise. */
  readonly clock?: Clock | undefined;
}

/** What one call of the command line comes to. */
export interface Session {
  /** Without node and the script. */
  readonly argv: readonly string[];
  exitCode: number;
  /** The command that a usage error is about. */
  where: string;
  /** Help and version: commander gives them as text, and they are written when parsing is over. */
  out: string;
  err: string;
}

type Perform = (where: string, action: () => Promise<number>) => Promise<void>;

type SuiteActions = Pick<Actions, 'test' | 'validate' | 'init' | 'report' | 'reportDiff'>;

function suiteActions(services: Services, perform: Perform): SuiteActions {
  return {
    test: (flags, files) =>
      perform('test', async () => {
        const { testCommand } = await import('./test/command.js');
        return await testCommand(flags, files, services);
      }),
    validate: (flags, files) =>
      perform('validate', async () => {
        const { validateCommand } = await import('./validate.js');
        return await validateCommand(flags, files, services);
      }),
    init: (flags, directory) =>
      perform('init', async () => {
        const { initCommand } = await import('./init/command.js');
        return await initCommand(flags, directory, services.io);
      }),
    report: (flags, files) =>
      perform('report', async () => {
        const { reportCommand } = await import('./report/command.js');
        return await reportCommand(flags, files, services);
      }),
    reportDiff: (flags, before, after) =>
      perform('report diff', async () => {
        const { diffCommand } = await import('./report/diff.js');
        return await diffCommand(flags, [before, after], services);
      }),
  };
}

function historyActions(services: Services, perform: Perform): HistoryActions {
  return {
    ps: (flags) =>
      perform('ps', async () => {
        const { psCommand } = await import('./history/index.js');
        return await psCommand(flags, services);
      }),
    logs: (flags, run) =>
      perform('logs', async () => {
        const { logsCommand } = await import('./history/index.js');
        return await logsCommand(flags, run, services);
      }),
    inspect: (flags, runs) =>
      perform('inspect', async () => {
        const { inspectCommand } = await import('./history/index.js');
        return await inspectCommand(flags, runs, services);
      }),
    rm: (flags, runs) =>
      perform('rm', async () => {
        const { rmCommand } = await import('./history/index.js');
        return await rmCommand(flags, runs, services);
      }),
  };
}

type SmallActions = Pick<Actions, 'doctor' | 'schema' | 'seccompShow' | 'completion' | 'help' | 'version'>;

function smallActions(services: Services, session: Session, perform: Perform): SmallActions {
  const { io, version } = services;
  return {
    doctor: (flags) =>
      perform('doctor', async () => {
        const { doctorCommand } = await import('./doctor/command.js');
        return await doctorCommand(flags, services);
      }),
    schema: (name) =>
      perform('schema', async () => {
        const { schemaCommand } = await import('./schema.js');
        return await schemaCommand(name, io);
      }),
    seccompShow: (name) =>
      perform('seccomp show', async () => {
        const { seccompShowCommand } = await import('./seccomp/show.js');
        return await seccompShowCommand(name, io);
      }),
    completion: (shell, program) =>
      perform('completion', async () => {
        const { completionCommand } = await import('./completion/command.js');
        return await completionCommand(shell, program, io);
      }),
    help: (words, program) =>
      perform('help', async () => {
        findCommand(words, program).outputHelp();
        return 0;
      }),
    version: () =>
      perform('version', async () => {
        session.out += `${version}\n`;
        return 0;
      }),
  };
}

/** The commands, each of which leaves its exit code in the session. */
export function actionsOf(services: Services, session: Session): Actions {
  const perform: Perform = async (where, action) => {
    session.where = `hotcell ${where}`;
    session.exitCode = await action();
  };
  return {
    run: (flags, command) =>
      perform('run', async () => {
        const { runCommand } = await import('./run/command.js');
        return await runCommand(flags, command, { ...services, argv: session.argv });
      }),
    ...suiteActions(services, perform),
    ...historyActions(services, perform),
    image: (where, act) => perform(where, async () => await act({ ...services, where })),
    ...smallActions(services, session, perform),
  };
}
