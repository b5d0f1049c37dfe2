import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSplitter } from '../../../src/report/document/splitter.js';
import {
  convertReport,
  createReporter,
  readReport,
  reportEventSchema,
  reportSchema,
} from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import {
  failed,
  HOSTILE,
  MemorySink,
  outcomeOf,
  play,
  skipped,
  startOf,
  tempDir,
  written,
} from './support.js';

const hostile = Object.entries(HOSTILE).map(([name, text]) =>
  failed({ case: name, failures: [text], message: text, stdout: written(text), labels: { [text]: text } }),
);
const outcomes = [failed({ final: false }), outcomeOf({ attempt: 2 }), skipped({ case: 'x' }), ...hostile];

async function reported(name: 'json' | 'jsonl', of: readonly Outcome[] = outcomes): Promise<string> {
  const file = join(tempDir(), `out.${name}`);
  await play(createReporter(name, { file }), of);
  return file;
}

function withText(text: string): string {
  const file = join(tempDir(), 'in.json');
  writeFileSync(file, text);
  return file;
}

async function converted(file: string, name: 'json' | 'jsonl' | 'junit'): Promise<string> {
  const sink = new MemorySink();
  await convertReport(file, [createReporter(name, { stdout: sink })]);
  return sink.text;
}

const values = (text: string): unknown => JSON.parse(text);
const lineValues = (text: string): unknown[] => text.trimEnd().split('\n').map(values);

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe('a report that is read', () => {
  const start = JSON.stringify(startOf());
  it.each([
    ['', /it ends too early/],
    ['{}', /it has no version/],
    ['{"version":1}', /it has no start/],
    ['{"version":2}', /version: is 2; only 1 can be read/],
    ['{"version":1,"extra":{}}', /"extra": is no key of a report/],
    [`{"version":1,"start":${start},"outcomes":[{}]}`, null],
    [`{"version":1,"start":${start},"outcomes":[]`, /it ends too early/],
    [`{"version":1,"start":${start}} {}`, /something follows its end/],
    [`{"version":1,"start":${start},}`, /no key there/],
    ['{"version":1,"start":{"id":"x"}}', /start: version: /],
    ['not JSON', /no object there/],
    ['\u0000\u0001\u0002', /not JSON of a report/],
    [`{"version":${'['.repeat(100)}`, /nested too deep/],
    ['{"version":tru}', /is not a report of Hotcell/],
    ['{"event":"start"}\n', /line 1: version/],
    ['{"event":"stop"}\n', /line 1: event/],
    ['{"event":"end"}\nx\n', /line 1: summary/],
  ])('is refused when it is %j', async (text, message) => {
    if (message === null) {
      const report = await readReport(withText(text));
      await expect(all(report.outcomes())).rejects.toMatchObject({
        code: 'invalid-spec',
        message: expect.stringMatching(/"[^"]+" is not a report of Hotcell: outcomes\[0\]: /),
      });
    } else {
      await expect(readReport(withText(text))).rejects.toMatchObject({
        code: 'invalid-spec',
        message: expect.stringMatching(message),
      });
    }
  });

  it('is refused when it is not UTF-8, not there, or a directory', async () => {
    const file = withText('');
    writeFileSync(file, Buffer.from([...Buffer.from('{"a'), 0xff, ...Buffer.from('":1}')]));
    await expect(readReport(file)).rejects.toMatchObject({ code: 'invalid-spec' });
    await expect(readReport(join(tempDir(), 'nothing'))).rejects.toThrowError(
      /^cannot read the report ".*": no such file/,
    );
    await expect(readReport(tempDir())).rejects.toThrowError(/^cannot read the report ".*": is a directory/);
  });

  it('fits its schema and comes back as it was', async () => {
    const json = reportSchema.parse(JSON.parse(readFileSync(await reported('json'), 'utf8')));
    expect(json.outcomes).toEqual(outcomes);
    expect(json.summary).toMatchObject({ ok: false, flaky: ['sum › sum › small'] });
    const lines = readFileSync(await reported('jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => reportEventSchema.parse(JSON.parse(line)).event)).toEqual([
      'start',
      ...outcomes.map(() => 'outcome'),
      'end',
    ]);
  });

  it.each(['json', 'jsonl'] as const)('is converted from %s without loss', async (from) => {
    const file = await reported(from);
    const [json, lines] = [await reported('json'), await reported('jsonl')];
    expect(values(await converted(file, 'json'))).toEqual(values(readFileSync(json, 'utf8')));
    expect(lineValues(await converted(file, 'jsonl'))).toEqual(lineValues(readFileSync(lines, 'utf8')));
  });

  it('may have been formatted and sorted by others', async () => {
    const file = await reported('json');
    const { version, start: begin, outcomes: list, summary } = JSON.parse(readFileSync(file, 'utf8'));
    const sorted = JSON.stringify({ summary, outcomes: list, start: begin, version }, null, 4);
    const again = await converted(withText(`\ufeff${sorted}\n\n`), 'json');
    expect(values(again)).toEqual(values(readFileSync(file, 'utf8')));
  });

  it('of a run that was killed counts as cancelled, without its torn last line', async () => {
    const whole = readFileSync(await reported('jsonl', [outcomeOf(), outcomeOf({ case: 'b' })]), 'utf8');
    const lines = whole.split('\n');
    const torn = `${lines.slice(0, 2).join('\n')}\n${lines[2]?.slice(0, 100)}`;
    const sink = new MemorySink();
    const summary = await convertReport(withText(torn), [createReporter('tap', { stdout: sink })]);
    expect(summary).toMatchObject({ ok: false, stopped: 'cancelled', total: 1 });
    expect(sink.text).toContain('Bail out!');
  });

  it('is not believed when its summary says more than its outcomes', async () => {
    const document = JSON.parse(readFileSync(await reported('json', [failed()]), 'utf8'));
    document.summary.ok = true;
    document.summary.verdicts = { passed: 1, failed: 0, error: 0, skipped: 0 };
    expect(await convertReport(withText(JSON.stringify(document)), [])).toMatchObject({
      ok: false,
      verdicts: { passed: 0, failed: 1 },
    });
  });

  it('leaves nothing behind when it breaks off', async () => {
    const text = readFileSync(await reported('json'), 'utf8');
    const directory = join(tempDir(), 'out');
    mkdirSync(directory);
    const reporter = createReporter('json', { file: join(directory, 'a.json') });
    const broken = withText(text.replace('"status":"cancelled"', '"status":"fine"'));
    await expect(convertReport(broken, [reporter])).rejects.toThrowError(/outcomes\[2\]: status/);
    expect((await import('node:fs')).readdirSync(directory)).toEqual([]);
  });
});

describe('the splitter', () => {
  it('finds the same pieces wherever the chunks end', () => {
    const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
    const document = fc.record({ list: fc.array(value), other: value, 'a "key"\\': value });
    fc.assert(
      fc.property(document, fc.integer({ min: 1, max: 7 }), fc.constantFrom(0, 2), (given, size, indent) => {
        const splitter = new JsonSplitter({ list: 'list', wants: () => true });
        const bytes = Buffer.from(JSON.stringify(given, null, indent));
        const pieces: [string, unknown][] = [];
        for (let at = 0; at < bytes.length; at += size)
          for (const { key, text } of splitter.push(bytes.subarray(at, at + size)))
            pieces.push([key, JSON.parse(text)]);
        splitter.end();
        const again = JSON.parse(bytes.toString()) as typeof given;
        const expected = Object.entries(again).flatMap(([key, inside]): [string, unknown][] =>
          key === 'list' ? again.list.map((item) => [key, item]) : [[key, inside]],
        );
        expect(pieces).toEqual(expected);
      }),
    );
  });
});
