const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Words = (seconds: number) => string;

const whole =
  (unit: number, name: string): Words =>
  (seconds) =>
    `${Math.floor(seconds / unit)} ${name}`;

/** Up to how many seconds each wording is used; the words are docker's. */
const WORDINGS: readonly (readonly [limit: number, words: Words])[] = [
  [1, () => 'Less than a second'],
  [2, () => '1 second'],
  [MINUTE, whole(1, 'seconds')],
  [2 * MINUTE, () => 'About a minute'],
  [HOUR, whole(MINUTE, 'minutes')],
  [1.5 * HOUR, () => 'About an hour'],
  [2 * DAY, (seconds) => `${Math.round(seconds / HOUR)} hours`],
  [14 * DAY, whole(DAY, 'days')],
  [60 * DAY, whole(7 * DAY, 'weeks')],
  [730 * DAY, whole(30 * DAY, 'months')],
];

/** A span of time as people say it: `5 minutes`, `About an hour`. */
export function humanSpan(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  const [, words] = WORDINGS.find(([limit]) => seconds < limit) ?? [0, whole(365 * DAY, 'years')];
  return words(seconds);
}
