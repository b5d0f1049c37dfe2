import type { Clock } from '../../core/index.js';
import type { Io } from '../io/io.js';
import type { History } from './model.js';

/** What the commands about kept runs stand on. */
export interface HistoryServices {
  readonly io: Io;
  openHistory(): Promise<History>;
  /** The system's unless said otherwise. */
  readonly clock?: Clock | undefined;
}
