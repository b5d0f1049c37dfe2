import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, HotcellError } from '../core/index.js';
import { connectLauncher, type LauncherConnection } from '../launcher/index.js';

/** While its owner replaces a launcher nobody answers; the bounds of src/engine/restart-budget.ts are shorter. */
const ANSWERS_WITHIN_MS = 15_000;
/** Between two launchers the socket is missing for an instant; for longer it is when its owner has closed. */
const APPEARS_WITHIN_MS = 1000;
const LONGEST_PAUSE_MS = 200;

const WITHIN_MS: Readonly<Record<string, number>> = {
  ENOENT: APPEARS_WITHIN_MS,
  ECONNREFUSED: ANSWERS_WITHIN_MS,
  ECONNRESET: ANSWERS_WITHIN_MS,
  EPIPE: ANSWERS_WITHIN_MS,
  EAGAIN: ANSWERS_WITHIN_MS, // more clients at once than it has accepted yet
};

/** How long it is worth to try again; 0 = not at all. */
function patienceMs(error: unknown): number {
  if (!(error instanceof HotcellError)) return 0;
  if (error.code === 'closed') return ANSWERS_WITHIN_MS; // it died while it greeted us
  return WITHIN_MS[(error.cause as NodeJS.ErrnoException | undefined)?.code ?? ''] ?? 0;
}

/** Another thread's launcher. When that is replaced, the next run goes to its successor at the same address. */
export class SharedLauncher {
  readonly address: string;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #connection: Promise<LauncherConnection> | undefined;

  constructor(address: string, clock: Clock) {
    this.address = address;
    this.#clock = clock;
  }

  /** The launcher's; it is its starter's to know. */
  get pid(): number {
    return 0;
  }

  /** @throws HotcellError `launcher-failed` when no launcher answers in time, `protocol-error`, `closed` */
  connection(): Promise<LauncherConnection> {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
    await connection?.closed;
  }

  async #connect(): Promise<LauncherConnection> {
    try {
      const connection = await this.#keepTrying();
      void connection.closed.then(() => {
        this.#connection = undefined;
      });
      return connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  async #keepTrying(): Promise<LauncherConnection> {
    const startMs = this.#clock.nowMs();
    for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      this.#checkOpen();
      try {
        return await connectLauncher(this.address);
      } catch (error) {
        if (this.#clock.nowMs() - startMs >= patienceMs(error)) throw error;
      }
      await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted)
      throw new HotcellError({ code: 'closed', message: 'this connection to the launcher was closed' });
  }
}
