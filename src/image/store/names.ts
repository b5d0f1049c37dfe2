import { readdirSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { canonical, familiar, parseReference, type Reference } from '../reference/index.js';
import { syncDirectory, writeDurably } from './durable.js';
import { ioError, isCode } from './io-error.js';
import type { StoreLayout } from './layout.js';
import { readOwn } from './own-json.js';
import { idHexOf } from './record.js';

const nameSchema = z.strictObject({
  /** Whole: `docker.io/library/alpine:latest`. */
  reference: z.string(),
  record: z.string().refine((name) => idHexOf(name) !== null),
});

export interface ImageName {
  readonly reference: Reference;
  /** Name of the record of the image that it stands for. */
  readonly record: string;
}

const FILE = /^[a-f0-9]{64}$/;

/** References, with tags and with digests, and what they stand for. */
export class Names {
  readonly #layout: StoreLayout;

  constructor(layout: StoreLayout) {
    this.#layout = layout;
  }

  /** @returns the name of the record, null when there is no such name @throws HotcellError `io` */
  recordOf(reference: Reference): string | null {
    return readOwn(this.#layout.name(canonical(reference)), nameSchema)?.record ?? null;
  }

  /** In the order in which people read them. @throws HotcellError `io` */
  list(): ImageName[] {
    const directory = this.#layout.directory('names');
    const names = this.#files(directory).flatMap((file) => {
      const name = readOwn(join(directory, file), nameSchema);
      return name === null ? [] : [{ reference: parseReference(name.reference), record: name.record }];
    });
    return names.sort((a, b) => (familiar(a.reference) < familiar(b.reference) ? -1 : 1));
  }

  async write({ reference, record }: ImageName, tmp: string): Promise<void> {
    const whole = canonical(reference);
    await writeDurably(this.#layout.name(whole), JSON.stringify({ reference: whole, record }), tmp);
  }

  async remove(reference: Reference): Promise<void> {
    const path = this.#layout.name(canonical(reference));
    try {
      await unlink(path);
      await syncDirectory(this.#layout.directory('names'));
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw ioError(error, `cannot remove ${path}`);
    }
  }

  #files(directory: string): string[] {
    try {
      return readdirSync(directory).filter((name) => FILE.test(name));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return [];
      throw ioError(error, `cannot read ${directory}`);
    }
  }
}
