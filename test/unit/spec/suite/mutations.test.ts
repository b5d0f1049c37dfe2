import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadSuites } from '../../../../src/spec/index.js';
import { directoryOf, linesOf } from './support.js';

const folder = fileURLToPath(new URL('../../../../fixtures/suites/examples/', import.meta.url));
const texts = readdirSync(folder)
  .filter((name) => /\.(?:suite|hotcell)\./.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'));

const SCRAPS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '- ',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '"',
    "'",
    '#',
    '%',
    '@',
    '?',
    '---',
    '...',
  ],
  ...[
    '\t',
    '\n',
    '\r',
    '\0',
    '\uFEFF',
    '\u2028',
    '\uD800',
    '${matrix.',
    '__proto__',
    '<<',
    'null',
    '1e999',
    '-1',
  ],
];

it('ends with suites or lines with positions, however a suite is broken', async () => {
  const cwd = await directoryOf({});
  const change = fc.record({ at: fc.nat(), drop: fc.nat(20), put: fc.constantFrom('', ...SCRAPS) });
  const broken = fc.tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }));
  await fc.assert(
    fc.asyncProperty(broken, async ([text, changes]) => {
      const mutated = changes.reduce((before, { at, drop, put }) => {
        const place = at % (before.length + 1);
        return before.slice(0, place) + put + before.slice(place + drop);
      }, text);
      await writeFile(join(cwd, 's.yaml'), mutated);
      for (const line of await linesOf(loadSuites(['s.yaml'], { cwd }))) {
        expect(line).toMatch(/^s\.yaml:\d+:\d+: \P{Cc}+$/u);
        expect(line.length).toBeLessThan(1000);
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);
