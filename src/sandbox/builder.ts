import type { Operation, SourceFlag } from '../launcher/index.js';

/** A user and its group, as the sandbox sees them. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Collects operations; sources get their index when they are first named. */
export class PlanBuilder {
  readonly operations: Operation[] = [];
  #sources = 0;

  add(...operations: Operation[]): this {
    this.operations.push(...operations);
    return this;
  }

  /** A path of the host, opened by the launcher. Gives its index. */
  source(path: string, flags: readonly SourceFlag[], owner?: { uid: number; gid: number }): number {
    this.add({ op: 'source', path, flags, ...owner });
    return this.#sources++;
  }
}

export const ROOT = { uid: 0, gid: 0 } as const;

export const text = (content: string): Uint8Array => new TextEncoder().encode(content);
