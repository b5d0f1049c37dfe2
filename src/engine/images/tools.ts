/** The launcher and the threads, started when something is to be unpacked or removed: most that is asked of images needs neither. */
import type { StoreTools } from '../../image/index.js';
import type { TreeWriter } from '../../image/tree/index.js';
import { findLauncher } from '../../launcher/index.js';
import { readHost } from '../../sandbox/index.js';
import { type LauncherSupply, supplyLauncher } from '../supply.js';
import { LayerThreads } from './layer-threads.js';
import { createTreeWriter } from './tree-writer.js';

export interface ToolsInput {
  /** Of a launcher that is there; one is started when it is undefined. */
  readonly address: string | undefined;
  /** See `findLauncher`. */
  readonly launcherPath: string | undefined;
}

export class ImageTools implements StoreTools {
  readonly #input: ToolsInput;
  readonly #host = readHost();
  readonly #layers: LayerThreads;
  #supply: Promise<LauncherSupply> | undefined;

  constructor(input: ToolsInput) {
    this.#input = input;
    this.#layers = new LayerThreads(async () => ({
      address: (await this.#launcher()).address,
      launcherPath: this.#launcherPath,
    }));
  }

  readonly trees: StoreTools['trees'] = {
    remove: (parent, name) => this.#writer.remove(parent, name),
    sync: (directory) => this.#writer.sync(directory),
  };

  readonly warm = (): void => this.#layers.warm();

  readonly perform: StoreTools['perform'] = (job, options) => this.#layers.perform(job, options);

  async close(): Promise<void> {
    await this.#layers.close();
    const supply = await this.#supply?.catch(() => undefined); // one that did not start is nothing to close
    await supply?.close();
  }

  get #writer(): TreeWriter {
    const backend = async () => await (await this.#launcher()).connection();
    return createTreeWriter({ backend, launcherPath: this.#launcherPath, host: this.#host });
  }

  get #launcherPath(): string {
    return findLauncher(this.#input.launcherPath);
  }

  #launcher(): Promise<LauncherSupply> {
    if (this.#supply === undefined) {
      const supply = supplyLauncher(this.#host, this.#input);
      this.#supply = supply;
      // One that did not start may start the next time.
      supply.catch(() => {
        if (this.#supply === supply) this.#supply = undefined;
      });
    }
    return this.#supply;
  }
}
