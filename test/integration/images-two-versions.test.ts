/** Why people isolate file systems in the first place: two versions of one library at the same time, under the same program. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHotcell, createImages, type Hotcell, type Images } from '../../src/engine/index.js';
import { NO_CONFIG } from '../support/layers.js';

const fixture = join(import.meta.dirname, '../../fixtures/images/two-versions');

let directory = '';
let images: Images;
let cell: Hotcell;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hotcell-versions-'));
  await execa('sh', [join(fixture, 'build.sh'), directory]);
  const home = join(directory, 'home');
  cell = await createHotcell({ home });
  images = await createImages({ home, address: cell.address });
  for (const version of ['1', '2']) {
    await images.import(
      { path: join(directory, `${version}.tar`) },
      { reference: `report:${version}`, config: { ...NO_CONFIG, cmd: ['/usr/bin/report'] } },
    );
  }
});

afterAll(async () => {
  await images.close();
  await cell.close();
  rmSync(directory, { recursive: true });
});

/** Starts the program of an image; it waits until `end` is called. */
function started(image: string) {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  async function* stdin(): AsyncGenerator<Uint8Array> {
    await ended;
    yield Buffer.from('.');
  }
  let said = '';
  let hear = (): void => undefined;
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const { outcome } = cell.start(
    { image, stdin: { stream: true } },
    {
      stdin: stdin(),
      onStdout: (chunk) => {
        said += Buffer.from(chunk).toString();
        if (said.endsWith('\n')) hear();
      },
    },
  );
  return { outcome, end, heard: Promise.race([heard, outcome]), said: () => said };
}

test('each program finds the library of its own image, while the other runs', async () => {
  const [one, two] = [started('report:1'), started('report:2')];
  await Promise.all([one.heard, two.heard]);
  expect([one.said(), two.said()]).toEqual(['libversion 1.0\n', 'libversion 2.0\n']);
  one.end();
  two.end();
  expect([(await one.outcome).status, (await two.outcome).status]).toEqual(['ok', 'ok']);
});
