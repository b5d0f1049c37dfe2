import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJob } from '../../../src/spec/index.js';
import { jobWith, problemsOf, problemsWith } from './support.js';

describe('parseJob', () => {
  it('throws HotcellError with one line per problem, in one go', () => {
    expect(
      problemsOf(() =>
        parseJob({
          command: 'ls -l',
          user: '0x0',
          limits: { memroy: 1, memory: '64q' },
          network: 'nome',
          files: { a: { contnet: '' } },
        }),
      ),
    ).toEqual([
      'command: "ls -l" is not a list; write ["./program", "--flag"]',
      expect.stringMatching(/^user: "0x0" is not a user; use /),
      'files.a.contnet: unknown key; did you mean "content"?',
      expect.stringMatching(/^limits\.memory: "64q" is not a size; use /),
      'limits.memroy: unknown key; did you mean "memory"?',
      'network: "nome" is not allowed; use one of none, loopback, host; did you mean "none"?',
    ]);
  });

  it('lists a bounded number of problems', () => {
    const lines = problemsWith({
      env: Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`V${i}`, i])),
    });
    expect(lines).toHaveLength(26);
    expect(lines.at(-1)).toBe('… and 975 more');
  });

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [[], 'a list of 0'],
    ['ls', '"ls"'],
    [5, '5'],
    [new Uint8Array(2), '2 bytes'],
    [() => 1, 'a function'],
  ])('refuses %o for a job', (input, shown) => {
    expect(problemsOf(() => parseJob(input))).toEqual([
      `${shown} is not a job; write an object such as { command: ["./program"] }`,
    ]);
  });

  it('keeps keys from outside on one line and short', () => {
    const [line = ''] = problemsWith({ [`x\n\u001b[31m${'y'.repeat(5000)}`]: 1 });
    expect(line).toMatch(/^\["x\\n\\u001b\[31my+…" \(5007 characters\)\]: unknown key; allowed: /);
    expect(line.length).toBeLessThan(500);
  });
});

// attacks.md E1
describe('hostile structure', () => {
  it.each([
    [
      '{"command":["a"],"__proto__":{"isolation":"none"}}',
      'has the key "__proto__", which is not allowed anywhere',
    ],
    [
      '{"command":["a"],"env":{"__proto__":"x"}}',
      'env: has the key "__proto__", which is not allowed anywhere',
    ],
    [
      '{"command":["a"],"limits":{"__proto__":{"memory":"none"}}}',
      'limits: has the key "__proto__", which is not allowed anywhere',
    ],
    [
      '{"command":["a"],"files":{"__proto__":{"content":""}}}',
      'files: has the key "__proto__", which is not allowed anywhere',
    ],
    [
      '{"command":["a"],"mounts":[{"__proto__":1}]}',
      'mounts[0]: has the key "__proto__", which is not allowed anywhere',
    ],
  ])('%s', (text, line) => {
    expect(problemsOf(() => parseJob(JSON.parse(text)))).toEqual([line]);
    expect(({} as Record<string, unknown>).isolation).toBeUndefined();
  });

  it.each([{ length: {} }, { length: Object.create(null) }, { length: 5 }, { length: Number.NaN, 0: 'a' }])(
    'is not taken in by %o in place of a list',
    (command) => {
      expect(problemsWith({ command, outputs: command })).toHaveLength(2);
    },
  );

  it('survives deep nesting', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 100_000; level++) deep = { a: deep };
    expect(problemsWith({ files: deep })).toEqual([
      expect.stringMatching(/nested too deeply; at most 8 levels/),
    ]);
  });

  it('survives a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle.again = cycle;
    expect(problemsWith({ files: cycle })).toEqual([
      expect.stringMatching(/nested too deeply.*is there a cycle\?/),
    ]);
  });

  it('survives what an alias bomb unfolds to', () => {
    let bomb: unknown[] = Array.from({ length: 100 }, () => 'lol');
    for (let level = 0; level < 5; level++) bomb = Array.from({ length: 100 }, () => bomb);
    expect(problemsWith({ labels: bomb })).toEqual(['the job has too many values; at most 250000']);
  });

  it('survives as many values as it allows', () => {
    const many = Array.from({ length: 200_000 }, () => 'x');
    expect(problemsWith({ command: many })).toEqual([
      'command: a list of 200000 is too long; at most 65536 entries',
    ]);
  });

  it('survives thousands of deep paths, in seconds', () => {
    const deep = (index: number): string => `f${index}/${'a/'.repeat(2000)}x`;
    const files = Object.fromEntries(
      Array.from({ length: 4096 }, (_, index) => [deep(index), { content: '' }]),
    );
    const before = performance.now();
    expect(jobWith({ files }).files).toHaveLength(4096);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it('survives a list of millions', () => {
    const command = Array.from({ length: 3_000_000 }, () => 'x');
    expect(problemsWith({ command })).toEqual(['the job has too many values; at most 250000']);
  });

  it('gives objects whose prototype nobody chose', () => {
    const { env, labels } = jobWith({ env: { A: '1' }, labels: { a: '1' } });
    expect(Object.getPrototypeOf(env)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });

  const KEYS = [
    'name',
    'image',
    'command',
    'env',
    'workdir',
    'user',
    'stdin',
    'files',
    'mounts',
    'tmpfs',
    'limits',
    'tty',
  ];

  it('never gives anything but a job or readable lines', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: 'binary' })), fc.anything()),
        (input) => {
          for (const line of problemsOf(() => parseJob(input))) {
            expect(line).not.toMatch(/[\p{Cc}\p{Cs}]/u);
            expect(line.length).toBeLessThan(600);
          }
        },
      ),
    );
  });

  it('whatever one key holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KEYS),
        fc.anything({ withNullPrototype: true, withBigInt: true, withTypedArray: true }),
        (key, value) => {
          for (const line of problemsWith({ [key]: value })) expect(line).toMatch(/^\S/);
        },
      ),
    );
  });
});

describe('round trips', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((word) => !word.includes('\0'));
  const input = fc.record(
    {
      command: fc.array(text, { minLength: 1, maxLength: 5 }).filter(([program]) => program !== ''),
      env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), text),
      readOnlyRoot: fc.boolean(),
      network: fc.constantFrom('none', 'loopback', 'host'),
      limits: fc.record({
        pids: fc.integer({ min: 1, max: 4_194_304 }),
        memory: fc.integer({ min: 1_048_576 }),
      }),
    },
    { requiredKeys: ['command'] },
  );

  it('a job given as JSON is the same job', () => {
    fc.assert(
      fc.property(input, (given) => {
        const job = parseJob(given);
        expect(parseJob(JSON.parse(JSON.stringify(given)))).toEqual(job);
        expect(job.command).toEqual(given.command);
        expect(job.env).toEqual({ ...given.env });
      }),
    );
  });
});
