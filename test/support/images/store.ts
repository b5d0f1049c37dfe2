/** Stores with the confined writer of layers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createImages, type Images } from '../../../src/engine/images/index.js';
import { createHotcell, type Hotcell } from '../../../src/engine/index.js';

const WORKER = fileURLToPath(new URL('./work-on-store.mjs', import.meta.url));

const CANARY = 'nobody writes here';

export interface Stores {
  /** Of this test alone. */
  readonly home: string;
  readonly images: Images;
  /** Runs programs in its images. */
  readonly hotcell: Hotcell;
  /** Makes a file beside the store. */
  file(name: string, bytes: Uint8Array): string;
  path(name: string): string;
}

/** A home directory for each test, with a canary beside it and one launcher for all. */
export function useStores(): Stores {
  let place = '';
  let images: Images | undefined;
  let hotcell: Hotcell | undefined;
  let launcher: Hotcell | undefined;
  beforeAll(async () => {
    launcher = await createHotcell();
  });
  afterAll(async () => {
    await launcher?.close();
  });
  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), 'images-'));
    writeFileSync(join(place, 'canary'), CANARY);
    const home = join(place, 'home');
    images = await createImages({ home, address: launcher?.address });
    hotcell = await createHotcell({ home, address: launcher?.address });
  });
  afterEach(async () => {
    await images?.close();
    await hotcell?.close();
    expect(readFileSync(join(place, 'canary'), 'utf8')).toBe(CANARY);
    rmSync(place, { recursive: true, force: true });
  });
  const there = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error('only inside a test');
    return value;
  };
  return {
    get home() {
      return join(place, 'home');
    },
    get images() {
      return there(images);
    },
    get hotcell() {
      return there(hotcell);
    },
    path: (name) => join(place, name),
    file: (name, bytes) => {
      const path = join(place, name);
      writeFileSync(path, bytes);
      return path;
    },
  };
}

/** Another process at the same store. Its lines are kept; `ended` gives its exit code, or the signal that killed it. */
export class StoreProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<number | string>;

  /** @param args as work-on-store.mjs takes them */
  constructor(args: readonly string[], before: readonly string[] = []) {
    const [command = process.execPath, ...rest] = [...before, process.execPath, WORKER, ...args];
    this.child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      this.lines.push(...lines);
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** The lines that begin with this word, without it. */
  said(word: string): string[] {
    return this.lines
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1));
  }
}
