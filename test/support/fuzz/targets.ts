/** What reads texts and bytes of strangers. A case is right when it is taken, or refused by a HotcellError; anything else is a find. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { formatBytes, parseBytes, parseDurationMs } from '../../../src/core/index.js';
import { openArchive, parseReference, readImages } from '../../../src/image/index.js';
import { readFacts, readFailure, readSample, readTrace } from '../../../src/launcher/facts.js';
import { FrameDecoder, writeFrame } from '../../../src/launcher/frames.js';
import { Reader } from '../../../src/launcher/wire.js';
import { compilePolicy, policyOfProfile } from '../../../src/sandbox/seccomp/index.js';
import {
  loadSuites,
  parseEnvEntry,
  parseEnvFile,
  parseImageRef,
  parseJob,
  parseMode,
  parseSeccompProfile,
  parseSuite,
  parseTmpfs,
  parseUser,
  parseVolume,
} from '../../../src/spec/index.js';
import { compileTemplate } from '../../../src/template/index.js';
import { dockerArchive, gzip, ociTar, tarOf } from '../archives/index.js';
import { changeBytes, changeText, changeValue, pick, type Random, several } from './mutate.js';

export interface FuzzTarget {
  /** One case made and tried. @returns what was tried, to be told when it is a find */
  readonly make: (random: Random) => { readonly shown: string; readonly run: () => unknown };
}

const textTarget = (seeds: readonly string[], run: (text: string) => unknown): FuzzTarget => ({
  make: (random) => {
    const text = several(pick(random, seeds), random, changeText);
    return { shown: JSON.stringify(text), run: () => run(text) };
  },
});

const valueTarget = (seeds: readonly unknown[], run: (value: unknown) => unknown): FuzzTarget => ({
  make: (random) => {
    const value = several(pick(random, seeds), random, changeValue);
    return { shown: JSON.stringify(value), run: () => run(value) };
  },
});

const JOBS = [
  { command: ['true'] },
  {
    command: ['./a', '1', '2'],
    image: 'host',
    user: '1000:1000',
    workdir: '/box',
    hostname: 'box',
    env: { A: '1', B: null },
    files: { a: { path: '/bin/true', mode: '0755' }, b: { content: 'x' }, c: { base64: 'eA==' } },
    outputs: ['b', '/tmp/c'],
    mounts: [{ source: '/srv', target: '/srv', mode: 'ro' }],
    tmpfs: [{ target: '/t', size: '1MiB' }],
    limits: {
      cpuTime: '1s',
      wallTime: 500,
      memory: '64MiB',
      pids: 8,
      output: '1KiB',
      cpus: 0.5,
      cpuset: '0-1',
    },
    network: 'loopback',
    isolation: 'full',
    seccomp: 'strict',
    tty: { rows: 24, cols: 80 },
    stdin: { content: 'in' },
    labels: { a: 'b' },
  },
];

const EXAMPLES = fileURLToPath(new URL('../../../fixtures/suites/examples/', import.meta.url));
const SUITE_TEXTS = readdirSync(EXAMPLES)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .map((name) => readFileSync(join(EXAMPLES, name), 'utf8'));
const SUITES: readonly unknown[] = SUITE_TEXTS.map((text) => parseYaml(text));

const PROFILES = [
  {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 1,
    archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
    syscalls: [
      { names: ['read', 'write', 'exit_group'], action: 'SCMP_ACT_ALLOW' },
      {
        names: ['personality'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: 8, valueTwo: 0, op: 'SCMP_CMP_EQ' }],
      },
      {
        names: ['clone'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: 38,
        args: [{ index: 0, value: 2114060288, valueTwo: 1, op: 'SCMP_CMP_MASKED_EQ' }],
        excludes: { caps: ['CAP_SYS_ADMIN'], arches: ['s390'] },
        includes: { minKernel: '4.8' },
      },
    ],
  },
];

const TEMPLATES = [
  '{{.Name}}\t{{.Status | upper}}',
  '{{range $i, $e := .List}}{{if gt $i 0}}, {{end}}{{$e.A | printf "%5.2f|%-8q"}}{{else}}none{{end}}',
  '{{with .Map}}{{index . "a b"}} {{json .}}{{end}}{{/* c */}}{{- slice .Name 1 2 -}}{{len .List}}{{eq .Name "x" | not}}',
  'table {{.Name}} {{truncate .Name 3}} {{join .Words "-"}} {{println `raw` "a\\n"}}',
];

const DATA = {
  Name: 'name',
  Status: 'ok',
  List: [{ A: 1.5 }, { A: -2 }],
  Map: new Map([['a b', 1]]),
  Words: ['a', 'b'],
};

const VALUES: readonly (readonly [string, (text: string) => unknown])[] = [
  ['/srv:/data:ro', parseVolume],
  ['/t:size=1m,mode=1777', parseTmpfs],
  ['1000:1000', parseUser],
  ['0755', parseMode],
  ['NAME=value', (text) => parseEnvEntry(text, {})],
  ['1.5GiB', (text) => formatBytes(parseBytes(text))],
  ['1m30s', parseDurationMs],
  ['localhost:5000/a/b:tag@sha256:aaaa', parseReference],
  [`debian:12@sha256:${'a'.repeat(64)}`, parseImageRef],
];

const ENV_FILES = ['A=1\n# c\nB\nC=a b # d\n', '\ufeffA=1\r\nB="x"\r\n'];

const values: FuzzTarget = {
  make: (random) => {
    const [seed, parse] = pick(random, VALUES);
    const text = several(seed, random, changeText);
    return { shown: JSON.stringify(text), run: () => parse(text) };
  },
};

async function compileProfile(text: string): Promise<void> {
  const profile = await parseSeccompProfile(text, 'profile.json');
  const circumstances = { capabilities: [], kernel: '6.1.0' } as const;
  for (const arch of ['x86_64', 'aarch64'] as const)
    compilePolicy(policyOfProfile(profile, { ...circumstances, arch }), arch);
}

const profiles: FuzzTarget = {
  make: (random) => {
    const text = JSON.stringify(several<unknown>(pick(random, PROFILES), random, changeValue));
    const shown = random() < 0.3 ? several(text, random, changeText) : text;
    return { shown: JSON.stringify(shown), run: async () => await compileProfile(shown) };
  },
};

const FRAMES = Buffer.concat(
  [64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76].map((type) =>
    writeFrame(type, type % 3, (to) => {
      for (let word = 0; word < 12; word++) to.u32(word);
      to.string('text').u64(1);
    }),
  ),
);

function readFrames(bytes: Buffer): void {
  for (const { payload } of new FrameDecoder().push(bytes))
    for (const read of [readFacts, readFailure, readSample, readTrace])
      attemptRead(() => read(new Reader(payload)));
}

/** Each is a reader of one kind of frame: what one refuses, another may take. */
function attemptRead(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if ((error as Error).name !== 'HotcellError') throw error;
  }
}

const frames: FuzzTarget = {
  make: (random) => {
    const bytes = several(FRAMES, random, changeBytes);
    return { shown: bytes.toString('base64'), run: () => readFrames(bytes) };
  },
};

const LAYER = tarOf([
  { name: 'etc/', type: '5' },
  { name: 'etc/passwd', body: 'root:x:0:0\n' },
]);
const IMAGE = { layers: [{ tar: LAYER }], config: { Env: ['A=1'], Cmd: ['sh'], User: '1' }, tag: 'a:1' };
const ARCHIVES = [ociTar(IMAGE), dockerArchive(IMAGE)];

async function readArchive(bytes: Uint8Array): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hotcell-fuzz-'));
  let files = 0;
  try {
    writeFileSync(join(directory, 'archive'), bytes);
    const archive = await openArchive(
      { path: join(directory, 'archive') },
      { newFile: () => join(directory, `${files++}`) },
    );
    try {
      await readImages(archive, { platform: null, stem: null });
    } finally {
      await archive.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const archives: FuzzTarget = {
  make: (random) => {
    const tar = several(pick(random, ARCHIVES), random, changeBytes);
    const bytes = random() < 0.3 ? changeBytes(gzip(tar), random) : tar;
    return { shown: bytes.toString('base64'), run: async () => await readArchive(bytes) };
  },
};

async function loadText(text: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hotcell-fuzz-'));
  try {
    writeFileSync(join(directory, 'a.suite.yaml'), text);
    await loadSuites([join(directory, 'a.suite.yaml')], { allowOutside: true, allowUnsafe: true });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const suiteTexts: FuzzTarget = {
  make: (random) => {
    const text = several(pick(random, SUITE_TEXTS), random, changeText);
    return { shown: JSON.stringify(text), run: async () => await loadText(text) };
  },
};

export const FUZZ_TARGETS: Readonly<Record<string, FuzzTarget>> = {
  jobs: valueTarget(JOBS, (value) => parseJob(value as Parameters<typeof parseJob>[0])),
  suites: valueTarget(SUITES, (value) => parseSuite(value, { baseDir: EXAMPLES })),
  'suite-texts': suiteTexts,
  values,
  'env-files': textTarget(ENV_FILES, (text) => parseEnvFile(text, 'env', { B: 'b' })),
  templates: textTarget(TEMPLATES, (text) => compileTemplate(text).render(DATA)),
  profiles,
  frames,
  archives,
};
