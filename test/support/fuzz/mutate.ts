/** Changes at random of texts, bytes and plain values; the same seed gives the same again. */
export type Random = () => number;

export const below = (random: Random, count: number): number => Math.floor(random() * count);

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const found = items[below(random, items.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

const NUMBERS = [0, -1, 1, 0.5, -0, 255, 256, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -1e-320];

const WORDS = [
  ...[
    '',
    ' ',
    '\n',
    '\0',
    '/',
    '..',
    '../..',
    '.',
    '~',
    '-',
    '--',
    ':',
    '::',
    ',',
    '=',
    '@',
    '%',
    '$',
    '#',
    '*',
    '!',
    '&a',
    '*a',
    '<<',
  ],
  ...[
    'null',
    'true',
    'NaN',
    '-0',
    '1e999',
    '0x10',
    '٠',
    'ﬁ',
    '\u202e',
    '\ud800',
    '\u{1f600}',
    'é',
    'e\u0301',
    '__proto__',
    'constructor',
  ],
  ...[
    'toString',
    'a'.repeat(300),
    '/'.repeat(300),
    '9'.repeat(40),
    '{{',
    '}}',
    '{{.}}',
    '${',
    '${a}',
    '$HOME',
    '\r',
    '\t',
    '\u0085',
    '\ufeff',
  ],
  ...[
    'sha256:',
    `sha256:${'a'.repeat(64)}`,
    'host',
    'dir:',
    'localhost:5000/a',
    'a:b@c',
    '1ms',
    '1s',
    '-1s',
    '1GiB',
    '1e3MiB',
    '0',
    '00',
  ],
];

/** Where a document may have anything, and where nothing may be taken for granted. */
export function oddValue(random: Random): unknown {
  const kinds: readonly (() => unknown)[] = [
    () => pick(random, NUMBERS),
    () => pick(random, WORDS),
    () => null,
    () => random() < 0.5,
    () => [],
    () => ({}),
    () => [oddValue(random)],
    () => ({ [pick(random, WORDS)]: oddValue(random) }),
  ];
  return pick(random, kinds)();
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function changeMap(map: Record<string, unknown>, random: Random): unknown {
  const keys = Object.keys(map);
  const key = keys.length === 0 || random() < 0.15 ? pick(random, WORDS) : pick(random, keys);
  const draw = random();
  const entries = Object.entries(map).filter(([name]) => name !== key);
  if (draw < 0.1) return Object.fromEntries(entries);
  const value = map[key] === undefined ? oddValue(random) : changeValue(map[key], random);
  return Object.fromEntries([...entries, [draw < 0.2 ? `${key}${pick(random, WORDS)}` : key, value]]);
}

function changeList(list: readonly unknown[], random: Random): unknown {
  const at = below(random, list.length + 1);
  const draw = random();
  if (draw < 0.2) return list.filter((_, index) => index !== at);
  if (draw < 0.4) return [...list.slice(0, at), oddValue(random), ...list.slice(at)];
  if (draw < 0.5) return [...list, ...list];
  return list.map((value, index) => (index === at ? changeValue(value, random) : value));
}

/** The value with something in it changed: another kind, a key more, fewer or misspelt, a list longer, a text cut or spliced. */
export function changeValue(value: unknown, random: Random): unknown {
  if (random() < 0.12) return oddValue(random);
  if (Array.isArray(value)) return changeList(value, random);
  if (isMap(value)) return changeMap(value, random);
  return typeof value === 'string' ? changeText(value, random) : oddValue(random);
}

export function changeText(text: string, random: Random): string {
  const at = below(random, text.length + 1);
  const to = at + below(random, text.length - at + 1);
  const changes: readonly (() => string)[] = [
    () => text.slice(0, at) + pick(random, WORDS) + text.slice(at),
    () => text.slice(0, at) + text.slice(to),
    () => text.slice(0, at) + pick(random, WORDS) + text.slice(to),
    () => text.slice(0, to) + text.slice(at),
    () =>
      text.slice(0, at) +
      String.fromCharCode(below(random, random() < 0.5 ? 128 : 65_536)) +
      text.slice(at + 1),
    () => text.slice(at) + text.slice(0, at),
  ];
  return pick(random, changes)();
}

export function changeBytes(bytes: Uint8Array, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = below(random, copy.length);
  const to = at + below(random, copy.length - at + 1);
  const changes: readonly (() => Buffer)[] = [
    () => copy.fill(copy.readUInt8(at) ^ (1 << below(random, 8)), at, at + 1),
    () => copy.fill(below(random, 256), at, Math.min(copy.length, at + 1 + below(random, 12))),
    () => copy.subarray(0, at),
    () => Buffer.concat([copy.subarray(0, at), copy.subarray(to)]),
    () => Buffer.concat([copy.subarray(0, to), copy.subarray(at)]),
    () => Buffer.concat([copy.subarray(0, at), Buffer.alloc(512, below(random, 256)), copy.subarray(at)]),
  ];
  return copy.length === 0 ? copy : pick(random, changes)();
}

/** Some changes one after another, mostly few. */
export function several<Value>(
  value: Value,
  random: Random,
  change: (value: Value, random: Random) => Value,
): Value {
  let changed = value;
  for (let times = 1 + below(random, random() < 0.8 ? 3 : 12); times > 0; times--)
    changed = change(changed, random);
  return changed;
}
