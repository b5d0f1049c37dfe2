/**
 * How many times slower than usual the machine is that tests run on: an emulated processor takes ten times as long for
 * everything. Bounds that only say "not for ever" are multiplied by it; what is exact stays exact.
 */
const scale = Number(process.env.HOTCELL_TIME_SCALE || 1);
if (!(scale >= 1 && scale <= 100)) throw new Error('HOTCELL_TIME_SCALE: a number from 1 to 100');

/** An amount of work that takes as long there as the whole does here. */
export const scaledDown = (amount: number): number => Math.ceil(amount / scale);

export const scaledMs = (ms: number): number => ms * scale;
