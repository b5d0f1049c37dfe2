/**
 * Which layer an archive was that was imported before, so that the same is not read again. A file is the same when stat(2) says
 * so: its times change with its content. One that was changed a moment ago is not remembered, for it could be changed once
 * more without another time; git does the same, see Documentation/technical/racy-git.
 */
import type { BigIntStats } from 'node:fs';
import * as z from 'zod';
import { HotcellError } from '../../core/index.js';
import { isDigest } from '../reference/index.js';
import { writeDurably } from './durable.js';
import type { StoreLayout } from './layout.js';
import { readOwn } from './own-json.js';

const memoSchema = z.strictObject({ diffId: z.string().refine(isDigest) });

const SETTLED_MS = 2000;
const NS_PER_MS = 1_000_000n;

export const memoKey = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(':');

/** @param nowMs of the wall clock, before anything was read */
export function isSettled({ mtimeNs, ctimeNs }: BigIntStats, nowMs: number): boolean {
  return [mtimeNs, ctimeNs].every((ns) => Number(ns / NS_PER_MS) < nowMs - SETTLED_MS);
}

/** One that is damaged is none: all that it saves is work. */
export function memoAt(path: string): string | null {
  try {
    return readOwn(path, memoSchema)?.diffId ?? null;
  } catch (error) {
    if (error instanceof HotcellError) return null;
    throw error;
  }
}

export const readMemo = (layout: StoreLayout, key: string): string | null => memoAt(layout.memo(key));

export async function writeMemo(
  layout: StoreLayout,
  key: string,
  { diffId, tmp }: { diffId: string; tmp: string },
): Promise<void> {
  await writeDurably(layout.memo(key), JSON.stringify({ diffId }), tmp);
}
