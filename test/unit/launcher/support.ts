import { Reader, Writer } from '../../../src/launcher/wire.js';

/** What the launcher would send. */
export const payload = (write: (to: Writer) => Writer): Reader =>
  new Reader(Buffer.from(write(new Writer()).finish()));

/** The code of the HotcellError that `action` throws; null if it does not throw. */
export function codeOf(action: () => unknown): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

/** Lets every promise that is settled be seen by who waits for it. */
export const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
