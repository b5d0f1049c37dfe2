/** Hashes and unpacks layers in a thread of its own. The tree writer that it tells what to write is a run of the main thread's launcher. */
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../../core/index.js';
import {
  type LayerDone,
  type LayerProgress,
  type LayerTools,
  openRegistryClient,
  performLayer,
} from '../../image/index.js';
import type { TreeWriter } from '../../image/tree/index.js';
import { readHost } from '../../sandbox/index.js';
import { supplyLauncher } from '../supply.js';
import { faultOf, type LauncherPlace, type LayerAnswer, type LayerRequest, type Notice } from './messages.js';
import { createTreeWriter } from './tree-writer.js';

const host = readHost();
let writer: TreeWriter | undefined;

/** All requests name the same launcher. */
function treesOf({ address, launcherPath }: LauncherPlace): TreeWriter {
  let supply: ReturnType<typeof supplyLauncher> | undefined;
  writer ??= createTreeWriter({
    launcherPath,
    host,
    backend: async () => {
      supply ??= supplyLauncher(host, { address });
      return await (await supply).connection();
    },
  });
  return writer;
}

/** Each message wakes the main thread, which draws no faster than this. */
const PAUSE_MS = 30;

function teller(port: MessagePort): (progress: LayerProgress) => void {
  let toldMs = 0;
  let phase = '';
  return (progress) => {
    const now = systemClock.nowMs();
    if (progress.phase === phase && now - toldMs < PAUSE_MS) return;
    toldMs = now;
    phase = progress.phase;
    port.postMessage(progress satisfies Notice);
  };
}

async function perform({ launcher, job, port }: LayerRequest): Promise<LayerDone> {
  const ending = new AbortController();
  port.on('message', () => ending.abort(new Error('it was called off')));
  const options = { onProgress: teller(port), signal: ending.signal };
  const tools: LayerTools = {
    trees: treesOf(launcher),
    openRegistry: (source, signal) => openRegistryClient({ ...source.options, signal }),
  };
  return await performLayer(job, tools, options);
}

export async function answer(request: LayerRequest): Promise<LayerAnswer> {
  try {
    return { done: await perform(request) };
  } catch (error) {
    return { fault: faultOf(error) };
  } finally {
    request.port.close();
  }
}
