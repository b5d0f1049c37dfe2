/**
 * What images cost: the import of a minimal Debian beside `tar -xf` of the same archive on the same disk, imports of what is
 * there already, and runs in an image beside runs in the host's. `npm run bench:image`; with `-- --quick` fewer rounds. Prints
 * the tables of docs/performance.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debootstrap } from '../test/support/debootstrap.js';
import { latencies, quantile } from './measure.js';

/** As it is installed: threads that translate TypeScript first would be measured with it. `npm run build:ts` comes before. */
const BUILT = new URL('../dist/', import.meta.url).href;
const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 2 : 7;
const RUNS = quick ? 30 : 500;
const MB = 1e6;

/** Does one thing with images in a process of its own, and says how long that took, and how much memory it had. */
const CHILD = `
const [built, home, what, path] = process.argv.slice(1);
const { createImages } = await import(built + 'engine/index.js');
const images = await createImages({ home });
const actions = {
  import: () => images.import({ path }, { reference: 'debian:12' }),
  load: () => images.load({ path }),
  save: async () => {
    const { createWriteStream } = await import('node:fs');
    const file = createWriteStream(path);
    await images.save(['debian:12'], (chunk) => new Promise((resolve) => file.write(chunk, resolve)));
    await new Promise((resolve) => file.end(resolve));
  },
};
const start = performance.now();
await actions[what]();
const ms = performance.now() - start;
await images.close();
console.log(JSON.stringify({ ms, bytes: process.resourceUsage().maxRSS * 1024 }));
`;

interface Measured {
  readonly ms: number;
  /** Resident at most; 0 where it is not ours. */
  readonly bytes: number;
}

function child(home: string, what: 'import' | 'load' | 'save', path: string): Measured {
  const args = ['--input-type=module', '-e', CHILD, BUILT, home, what, path];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
}

const sync = (): void => void execFileSync('sync');

function untar(archive: string, directory: string): Measured {
  mkdirSync(directory);
  const start = performance.now();
  execFileSync('tar', ['-C', directory, '-xf', archive]);
  return { ms: performance.now() - start, bytes: 0 };
}

class Table {
  readonly #rows = new Map<string, Measured[]>();

  add(name: string, measured: Measured): void {
    this.#rows.set(name, [...(this.#rows.get(name) ?? []), measured]);
  }

  print(title: string, control: string): void {
    console.log(
      `\n| ${title} | median s | slowest s | / ${control} | MB at most |\n| --- | --- | --- | --- | --- |`,
    );
    for (const [name, all] of this.#rows) {
      const slowest = Math.max(...all.map(({ ms }) => ms)) / 1000;
      const bytes = Math.max(...all.map((one) => one.bytes));
      const shown = [this.#median(name) / 1000, slowest].map((seconds) => seconds.toFixed(3));
      const ratio = this.#median(name) / this.#median(control);
      console.log(
        `| ${[name, ...shown, ratio.toFixed(2), bytes === 0 ? '' : (bytes / MB).toFixed(0)].join(' | ')} |`,
      );
    }
  }

  #median(name: string): number {
    return quantile(
      (this.#rows.get(name) ?? []).map(({ ms }) => ms),
      0.5,
    );
  }
}

/**
 * One of each in a round, so that noise of the disk meets all alike. Nothing is removed before the end: ext4 takes a
 * millisecond for each new file where others were just deleted, whoever makes it.
 *
 * @returns a home directory with the image
 */
function printImports(archive: string, place: string): string {
  const table = new Table();
  const path = (name: string, round: number): string => join(place, `${name}-${round}`);
  for (let round = 0; round < ROUNDS; round++) {
    const [home, other, saved] = [path('home', round), path('other', round), path('saved', round)];
    const step = (name: string, measure: () => Measured): void => {
      sync(); // what one leaves for the disk to do must not be done during the next
      table.add(name, measure());
    };
    step('tar -xf', () => untar(archive, path('tar', round)));
    step('import', () => child(home, 'import', archive));
    step('the same again', () => child(home, 'import', archive));
    step('save', () => child(home, 'save', saved));
    step('load', () => child(other, 'load', saved));
    step('load again', () => child(other, 'load', saved));
  }
  const files =
    execFileSync('tar', ['-tf', archive], { encoding: 'utf8', maxBuffer: 64 * MB }).split('\n').length - 1;
  table.print(`${(statSync(archive).size / MB).toFixed(0)} MB, ${files} files (n = ${ROUNDS})`, 'tar -xf');
  return path('home', 0);
}

async function printRuns(home: string): Promise<void> {
  const { createHotcell, createImages } = (await import(
    `${BUILT}engine/index.js`
  )) as typeof import('../src/engine/index.js');
  await using cell = await createHotcell({ home });
  await using images = await createImages({ home });
  const run = (image: string) => async () => {
    const { status, message } = await cell.run({
      image,
      command: ['/bin/true'],
      user: '1000:1000',
      workdir: '/',
    });
    if (status !== 'ok') throw new Error(`${image}: ${status}: ${message}`);
  };
  const subjects = [
    { name: '/bin/true in host', run: run('host') },
    { name: '/bin/true in debian:12', run: run('debian:12') },
    { name: 'resolve of debian:12', run: () => images.resolve('debian:12') },
  ];
  console.log(`\n| one at a time (n = ${RUNS}) | p50 ms | p99 ms |\n| --- | --- | --- |`);
  for (const [name, ms] of await latencies(subjects, RUNS)) {
    console.log(`| ${name} | ${quantile(ms, 0.5).toFixed(3)} | ${quantile(ms, 0.99).toFixed(3)} |`);
  }
}

const load = (): string =>
  loadavg()
    .map((n) => n.toFixed(2))
    .join(' ');

const root = await debootstrap();
const place = mkdtempSync(join(fileURLToPath(new URL('../build', import.meta.url)), 'bench-image-'));
try {
  const archive = join(place, 'debian.tar');
  execFileSync('tar', ['-C', root, '-cf', archive, ...readdirSync(root)]);
  await new Promise((resolve) => setTimeout(resolve, 2500)); // what changed a moment ago is not taken for the same again
  sync();
  const model = cpus()[0]?.model ?? 'unknown CPU';
  console.log(
    `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
  );
  console.log(`load before: ${load()}`);
  await printRuns(printImports(archive, place));
  console.log(`\nload after: ${load()}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
