import type { ReportSink } from '../reporter.js';

/** A sink that has an end. Exactly one of the two is called, once. */
export interface OpenSink extends ReportSink {
  /** Everything is out, and in its place, when this resolves. */
  close(): Promise<void>;
  /** What was written is not to be kept where that can be helped. Never rejects. */
  abort(): Promise<void>;
}
