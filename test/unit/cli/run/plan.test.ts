import { describe, expect, it } from 'vitest';
import { type RunFlags, runFlags } from '../../../../src/cli/run/flags.js';
import { planRun, type RunPlan } from '../../../../src/cli/run/plan.js';
import { HotcellError } from '../../../../src/core/index.js';
import type { JobInput } from '../../../../src/spec/index.js';
import { flagsOf } from '../support.js';

const HOST = { cwd: '/home/me', env: { TOKEN: 'secret', EMPTY: '', LANG: 'C.UTF-8' } };

const plan = (argv: readonly string[]): RunPlan => {
  const { flags, command } = flagsOf(argv);
  return planRun(flags, command, HOST);
};

const job = (...flags: string[]): JobInput => plan([...flags, 'prog']).job;

const complaint = (argv: readonly string[]): string => {
  try {
    plan(argv);
  } catch (error) {
    if (error instanceof HotcellError && error.code === 'invalid-usage') return error.message;
    throw error;
  }
  throw new Error(`accepted: ${argv.join(' ')}`);
};

describe('flags become a job', () => {
  const cases: readonly [flags: string[], expected: Partial<JobInput>][] = [
    [['-m', '64m'], { limits: { memory: '64m' } }],
    [['-m64m'], { limits: { memory: '64m' } }],
    [['--memory=1.5GiB'], { limits: { memory: '1.5GiB' } }],
    [['--memory', '4194304'], { limits: { memory: '4194304' } }],
    [['-m', '-1'], { limits: { memory: 'none' } }],
    [['-m', '1m', '-m', '2m'], { limits: { memory: '2m' } }],
    [['--cpu-time', '1m30s'], { limits: { cpuTime: '1m30s' } }],
    [['--timeout', '500ms'], { limits: { wallTime: '500ms' } }],
    [['--timeout', 'none'], { limits: { wallTime: 'none' } }],
    [['--cpus', '1.5'], { limits: { cpus: 1.5 } }],
    [['--cpus', '.5'], { limits: { cpus: 0.5 } }],
    [['--cpuset', '0-1'], { limits: { cpuset: '0-1' } }],
    [['--cpuset-cpus', '0'], { limits: { cpuset: '0' } }],
    [['--pids-limit', '64'], { limits: { pids: 64 } }],
    [['--pids-limit', '-1'], { limits: { pids: 'none' } }],
    [['--output-limit', '64KiB'], { limits: { output: '64KiB' } }],
    [['--disk', '10MB'], { limits: { disk: '10MB' } }],
    [['--inodes', '100'], { limits: { inodes: 100 } }],
    [['--ulimit', 'nofile=64'], { limits: { openFiles: 64 } }],
    [['--ulimit', 'nofile=64:64'], { limits: { openFiles: 64 } }],
    [['--ulimit', 'fsize=1000'], { limits: { fileSize: 1000 } }],
    [['--ulimit', 'fsize=unlimited'], { limits: { fileSize: 'none' } }],
    [['--ulimit', 'stack=1048576', '--ulimit', 'cpu=3'], { limits: { stack: 1_048_576, cpuTime: '3s' } }],
    [['--ulimit', 'stack=8m'], { limits: { stack: '8m' } }],
    [['--ulimit', 'nproc=9'], { limits: { pids: 9 } }],
    [['--ulimit', 'cpu=-1'], { limits: { cpuTime: 'none' } }],
    [['--ulimit', 'core=0'], { limits: {} }],
    [['--network', 'loopback'], { network: 'loopback' }],
    [['--isolation', 'namespaces'], { isolation: 'namespaces' }],
    [['--allow-degraded'], { allowDegraded: true }],
    [['--cap-drop', 'ALL', '--cap-add=chown'], { capDrop: ['ALL'], capAdd: ['chown'] }],
    [['--security-opt', 'seccomp=unconfined'], { seccomp: 'unconfined' }],
    [['--security-opt', 'no-new-privileges'], {}],
    [
      ['--security-opt', 'seccomp=unconfined', '--security-opt', 'no-new-privileges:true'],
      { seccomp: 'unconfined' },
    ],
    [['--image', 'dir:/srv/root'], { image: 'dir:/srv/root' }],
    [['-e', 'A=1', '-e', 'B=', '-e', 'C=a=b', '-e', 'D=x y'], { env: { A: '1', B: '', C: 'a=b', D: 'x y' } }],
    [['-e', 'TOKEN', '-e', 'EMPTY', '-e', 'UNSET'], { env: { TOKEN: 'secret', EMPTY: '' } }],
    [['-e', 'toString', '-e', 'constructor'], { env: {} }],
    [['-w', '/work'], { workdir: '/work' }],
    [['-u', '0:0'], { user: '0:0' }],
    [['-h', 'box'], { hostname: 'box' }],
    [['--hostname', 'box'], { hostname: 'box' }],
    [['--read-only'], { readOnlyRoot: true }],
    [['--name', 'my run'], { name: 'my run' }],
    [['--label', 'a=b=c', '-l', 'd', '-l', 'e=', '-l', 'e=2'], { labels: { a: 'b=c', d: '', e: '2' } }],
    [['-l', 'constructor=1'], { labels: { constructor: '1' } as Record<string, string> }],
    [['--stdin', 'in.txt'], { stdin: { path: '/home/me/in.txt' } }],
    [['--stdin', '-'], { stdin: { stream: true } }],
    [['-v', './data:/data'], { mounts: [{ source: '/home/me/data', target: '/data', mode: 'ro' }] }],
    [['-v', '..:/up:rw'], { mounts: [{ source: '/home', target: '/up', mode: 'rw' }] }],
    [['-v', '/srv:/srv:O'], { mounts: [{ source: '/srv', target: '/srv', mode: 'overlay' }] }],
    [['--tmpfs', '/cache'], { tmpfs: [{ target: '/cache', mode: 0o1777 }] }],
    [['--tmpfs', '/c:size=1m,mode=700'], { tmpfs: [{ target: '/c', mode: 0o700, size: 1_048_576 }] }],
    [['--copy-out', 'out.txt'], { outputs: ['out.txt'] }],
    [['--copy-out', '/tmp/a:b', '--copy-out', './c/:d/'], { outputs: ['/tmp/a', 'c'] }],
    [['-i', '--rm'], {}],
  ];

  it.each(cases)('%j', (flags, expected) => {
    expect(job(...flags)).toEqual({
      command: ['prog'],
      limits: {},
      labels: {},
      env: {},
      stdin: { stream: true },
      mounts: [],
      tmpfs: [],
      outputs: [],
      ...expected,
    });
  });
});

describe('what else a plan says', () => {
  const cases: readonly [flags: string[], expected: Partial<RunPlan>][] = [
    [
      [],
      { tty: false, json: false, quiet: false, reportPath: null, envFiles: [], copyIns: [], copyOuts: [] },
    ],
    [['-t'], { tty: true }],
    [['-it'], { tty: true }],
    [['-ti', '-q'], { tty: true, quiet: true }],
    [['--json'], { json: true }],
    [['--report', './-'], { reportPath: '/home/me/-' }],
    [['--report', 'r.json'], { reportPath: '/home/me/r.json' }],
    [['--env-file', 'a.env', '--env-file', '/b.env'], { envFiles: ['/home/me/a.env', '/b.env'] }],
    [['--copy-in', 'a.txt:b.txt'], { copyIns: [{ source: '/home/me/a.txt', dest: 'b.txt' }] }],
    [['--copy-in', 'a.txt'], { copyIns: [{ source: '/home/me/a.txt', dest: 'a.txt' }] }],
    [['--copy-in', 'src/:lib/'], { copyIns: [{ source: '/home/me/src', dest: 'lib/src' }] }],
    [['--copy-in', 'src:.'], { copyIns: [{ source: '/home/me/src', dest: 'src' }] }],
    [['--copy-in', 'a:b:/c'], { copyIns: [{ source: '/home/me/a:b', dest: '/c' }] }],
    [['--copy-out', 'o'], { copyOuts: [{ path: 'o', host: '/home/me', into: true }] }],
    [['--copy-out', 'o:p'], { copyOuts: [{ path: 'o', host: '/home/me/p', into: false }] }],
    [['--copy-out', '/o:p/'], { copyOuts: [{ path: '/o', host: '/home/me/p', into: true }] }],
  ];

  it.each(cases)('%j', (flags, expected) => {
    expect(plan([...flags, 'prog'])).toMatchObject(expected);
  });

  it('lets a terminal session run without a time limit, unless one is asked for', () => {
    expect(plan(['-t', 'prog']).limits.wallTimeMs).toBeNull();
    expect(plan(['-t', '--timeout', '9s', 'prog']).limits.wallTimeMs).toBe(9000);
    expect(plan(['prog']).limits.wallTimeMs).toBe(300_000);
  });
});

describe('flags end at COMMAND', () => {
  const cases: readonly [argv: string[], command: string[]][] = [
    [
      ['ls', '-l', '--json'],
      ['ls', '-l', '--json'],
    ],
    [
      ['-m', '1m', 'ls', '-m', '2m'],
      ['ls', '-m', '2m'],
    ],
    [['--', '--json'], ['--json']],
    [
      ['--', 'a', '--', 'b'],
      ['a', '--', 'b'],
    ],
    [
      ['a', '--', 'b'],
      ['a', '--', 'b'],
    ],
    [
      ['a', '--help'],
      ['a', '--help'],
    ],
    [
      ['a', ''],
      ['a', ''],
    ],
  ];

  it.each(cases)('%j', (argv, command) => {
    expect(plan(argv).job.command).toEqual(command);
  });
});

describe('what is wrong is said in one line', () => {
  const cases: readonly [argv: string[], message: string | RegExp][] = [
    [[], 'COMMAND is missing; for example: hotcell run -- ls -l'],
    [[''], 'COMMAND: "" names no program'],
    [['-m', '64q', 'x'], /^--memory: "64q" is not a size; use /],
    [['-m=64m', 'x'], /^--memory: "=64m" is not a size; use /],
    [['-m', '', 'x'], /^--memory: "" is not a size; use /],
    [['-m', '0', 'x'], /^--memory: "0" is zero.*; for no limit write "none"$/],
    [['-m', '1k', 'x'], '--memory: "1k" is too small; at least 1MiB'],
    [['-m', ' 64m', 'x'], /^--memory: " 64m" is not a size/],
    [['-m', '9999999t', 'x'], /^--memory: "9999999t" is too large/],
    [['-m', 'NaN', 'x'], /^--memory: "NaN" is not a size/],
    [['--timeout', '10', 'x'], '--timeout: "10" has no unit; write "10ms" or "10s"'],
    [['--timeout', '-5s', 'x'], /^--timeout: "-5s" is not a duration; use /],
    [['--cpu-time', '1 h', 'x'], /^--cpu-time: "1 h" is not a duration/],
    [['--cpus', '1e3', 'x'], '--cpus: "1e3" is not a number; use one such as 2 or 0.5, or none'],
    [['--cpus', '0', 'x'], /^--cpus: 0 is too small/],
    [['--cpuset', '3-1', 'x'], /^--cpuset: "3-1"/],
    [['--cpuset', '0', '--cpuset-cpus', '1', 'x'], /^--cpuset and --cpuset-cpus are the same flag/],
    [['--pids-limit', '0x10', 'x'], '--pids-limit: "0x10" is not a whole number; use digits only, or none'],
    [['--pids-limit', '0', 'x'], /^--pids-limit: 0 is too small.*write "none"$/],
    [['--disk', 'none', 'x'], /^--disk: "none" is not a size.*; this limit cannot be switched off$/],
    [['--inodes', 'none', 'x'], '--inodes: "none" is not a whole number; this limit cannot be switched off'],
    [['--inodes', 'many', 'x'], '--inodes: "many" is not a whole number; use digits only'],
    [['--ulimit', 'nofile=-1', 'x'], /^--ulimit nofile: "-1" .*; this limit cannot be switched off$/],
    [['--timeout', '0', 'x'], '--timeout: "0" must be more than 0; for no limit write "none"'],
    [['--timeout', '0s', 'x'], /^--timeout: "0s" is zero.*; for no limit write "none"$/],
    [['-m', '0m', 'x'], /^--memory: "0m" is zero.*; for no limit write "none"$/],
    [['--disk', '0k', 'x'], /^--disk: "0k" is zero.*; this limit cannot be switched off$/],
    [['--ulimit', 'nofile', 'x'], '--ulimit: "nofile" is not a ulimit; use NAME=VALUE, such as nofile=1024'],
    [
      ['--ulimit', 'nofiles=5', 'x'],
      /^--ulimit: "nofiles" is not allowed; use one of nofile.*did you mean "nofile"\?$/,
    ],
    [['--ulimit', 'nofile=1', 'x'], '--ulimit nofile: 1 is too small; at least 3'],
    [
      ['--ulimit', 'nofile=1024:4096', 'x'],
      /two limits; soft and hard are the same here, so write nofile=1024$/,
    ],
    [['--ulimit', 'core=1', 'x'], /^--ulimit core: "1" is not allowed/],
    [['--ulimit', 'cpu=1', '--cpu-time', '2s', 'x'], /another flag sets too; give one of them$/],
    [
      ['--network', 'lopback', 'x'],
      '--network: "lopback" is not allowed; use one of none, loopback, host; did you mean "loopback"?',
    ],
    [['--network', 'bridge', 'x'], '--network: there is no "bridge" here; use none, loopback or host'],
    [['--network', 'container:x', 'x'], /^--network: there is no "container:x" here; use /],
    [['--isolation', 'Full', 'x'], /^--isolation: "Full" is not allowed.*did you mean "full"\?$/],
    [['--security-opt', 'apparmor=x', 'x'], /^--security-opt: "apparmor=x" is not allowed; use one of/],
    [
      ['--image', 'Debian', 'x'],
      /^--image: "Debian" is not an image; use "host", "dir:PATH" or the name of an image .* did you mean "debian"\?$/,
    ],
    [['-e', '=x', 'x'], '--env: a variable has no name'],
    [['-e', 'A B=c', 'x'], '--env: "A B" is not a variable name: it contains a blank'],
    [['-e', '', 'x'], '--env: a variable has no name'],
    [['-e', '__proto__=x', 'x'], '--env: "__proto__" is not allowed as a variable name'],
    [['-w', 'box', 'x'], /^--workdir: "box" is relative/],
    [['-u', '+0', 'x'], /^--user: "\+0" is not a user/],
    [['-u', '65536', 'x'], /^--user: "65536" has the id 65536/],
    [['-h', 'a b', 'x'], /^--hostname: "a b"/],
    [['-h', '', 'x'], /^--hostname: ""/],
    [['--name', 'a\nb', 'x'], /^--name: "a\\nb"/],
    [['--label', '', 'x'], '--label: "" names no label; use KEY or KEY=VALUE'],
    [['--label', '=x', 'x'], '--label: "=x" names no label; use KEY or KEY=VALUE'],
    [['--label', 'a=b\nc', 'x'], /^--label a: "b\\nc" contains a newline/],
    [['--label', '__proto__=1', 'x'], /^--label/],
    [['-v', 'data:/data', 'x'], /^--volume: "data" is not a path; write ".\/data"/],
    [['-v', '/data', 'x'], /^--volume: "\/data" is not a volume; use HOST:DEST/],
    [['-v', '/a:/b:/c:ro', 'x'], /^--volume: "\/a:\/b:\/c:ro" is not a volume/],
    [['-v', '/a:b', 'x'], /^--volume: "b" is relative/],
    [['-v', '/a:/b:rx', 'x'], /^--volume: "\/a:\/b:rx" has the mode "rx"/],
    [['-v', '/a:/proc/x', 'x'], /^--volume: "\/proc\/x" is reserved/],
    [['-v', '/a:/b', '-v', '/c:/b', 'x'], '--volume: "/b" is given twice'],
    [['--tmpfs', 'x:size=1m', 'x'], /^--tmpfs: "x" is relative/],
    [['--tmpfs', '/x:sise=1m', 'x'], /^--tmpfs: .*did you mean "size="\?$/],
    [['--tmpfs', '/x:size=0', 'x'], /^--tmpfs: "0" is zero/],
    [['--copy-in', ':b', 'x'], /^--copy-in: ":b" is not allowed; use SRC:DEST/],
    [['--copy-in', 'a:', 'x'], /^--copy-in: "a:" is not allowed; use SRC:DEST/],
    [['--copy-in', 'a:../b', 'x'], /^--copy-in: "a:..\/b" is not allowed; ".." cannot be used/],
    [['--copy-out', '', 'x'], /^--copy-out: "" is not allowed; use PATH or PATH:HOST/],
    [['--copy-out', 'a/../../b', 'x'], /^--copy-out: .*".." cannot be used/],
    [['--copy-out', '.', 'x'], '--copy-out: "." names no file'],
    [['--copy-out', 'a', '--copy-out', './a', 'x'], '--copy-out: "/box/a" is given twice'],
    [['--stdin', '', 'x'], '--stdin: "" is not a file'],
    [['--report', '-', 'x'], /^--report: "-" is not a file; --json prints the outcome/],
    [['--report', '', 'x'], '--report: "" is not a file'],
    [['--env-file', '', 'x'], '--env-file: "" is not a file'],
    [['-t', '--json', 'x'], /^--tty and --json exclude each other/],
    [['-t', '--stdin', 'f', 'x'], /^--tty and --stdin exclude each other/],
  ];

  it.each(cases)('%j', (argv, message) => {
    const said = complaint(argv);
    expect(said).not.toContain('\n');
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});

it('names COMMAND when an argument is too long, and does not repeat it', () => {
  const said = complaint(['a'.repeat(200_000)]);
  expect(said).toMatch(/^COMMAND: .*Linux allows 131072 for one argument$/);
  expect(said.length).toBeLessThan(200);
});

it('knows every flag that the command line has', () => {
  const known: Record<keyof RunFlags, true> = {
    memory: true,
    cpuTime: true,
    timeout: true,
    cpus: true,
    cpuset: true,
    cpusetCpus: true,
    pidsLimit: true,
    outputLimit: true,
    disk: true,
    inodes: true,
    ulimit: true,
    network: true,
    isolation: true,
    allowDegraded: true,
    capDrop: true,
    capAdd: true,
    seccomp: true,
    seccompTrace: true,
    securityOpt: true,
    image: true,
    pull: true,
    entrypoint: true,
    stopSignal: true,
    label: true,
    env: true,
    envFile: true,
    workdir: true,
    user: true,
    hostname: true,
    copyIn: true,
    copyOut: true,
    volume: true,
    tmpfs: true,
    readOnly: true,
    tty: true,
    interactive: true,
    stdin: true,
    json: true,
    report: true,
    quiet: true,
    name: true,
    rm: true,
    color: true,
  };
  expect([...runFlags().map((flag) => flag.attributeName()), 'color'].sort()).toEqual(
    Object.keys(known).sort(),
  );
});
