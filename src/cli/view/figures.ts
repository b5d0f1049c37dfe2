/** Figures that change ten times a second: short, and of about one width whatever they say. */
import { formatBytes } from '../../core/index.js';

const two = (value: number): string => String(value).padStart(2, '0');

/** `812ms`, `1.2s`, `12s`, `1m05s`, `2h05m`. Cut off, never rounded up: time that has not passed is not shown. */
export function shortTime(ms: number): string {
  if (ms < 1000) return `${Math.floor(ms)}ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

/** Three digits, as `12.4MiB` or `124MiB`. */
export function shortBytes(bytes: number): string {
  const [, number = '', unit = ''] = /^([\d.]+)(\D+)$/.exec(formatBytes(bytes)) ?? [];
  const value = Number(number);
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))}${unit}`;
}
