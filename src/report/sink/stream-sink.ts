import { ioError } from '../reason.js';
import type { ReportSink } from '../reporter.js';
import { Batch } from './batch.js';
import type { OpenSink } from './open-sink.js';

const BATCH = 1 << 14;

/** Standard output of this process. A reader that is gone is an error of the write, not of the process. */
export const standardOutput: ReportSink = {
  write: (text) =>
    new Promise<void>((resolve, reject) => {
      const { stdout } = process;
      const fail = (error: Error): void => reject(ioError('write to', 'standard output', error));
      stdout.once('error', fail);
      stdout.write(text, (error) => {
        // Without a listener, the event that comes after the callback would end the process.
        if (error instanceof Error) return fail(error);
        stdout.off('error', fail);
        resolve();
      });
    }),
};

/** A sink of somebody else's, which stays open. */
export function borrow(sink: ReportSink): OpenSink {
  const batch = new Batch(async (text) => sink.write(text), BATCH);
  return {
    write: (text) => batch.add(text),
    close: () => batch.drain(),
    abort: () => batch.settle(),
  };
}
