/** Everything that a program, a suite or a file name might try, in every place where text goes into a report. */
import type { Outcome } from '../../../../src/spec/index.js';
import { failed, written } from '../support.js';
import { checker, seriesOf } from './sample.js';

/** Sets `pwned` in the page if any of it gets to run or to be markup. */
export const ATTACKS: readonly string[] = [
  '</script><script>globalThis.pwned = 1</script>',
  '</noscript></textarea></title></style><img src="x" onerror="globalThis.pwned = 2">',
  '"><svg onload="globalThis.pwned = 3"><a href="javascript:globalThis.pwned = 4">x</a>',
  "' onmouseover='globalThis.pwned = 5",
  '<!--<script>',
  '`img src=x onerror=globalThis.pwned=6>',
  '\\u003cimg src=x onerror=globalThis.pwned=7>',
  '\u0000\u0007\u001b[2J\u001b]0;title\u0007\u001b[31;1;38;5;999;48;2;1;2;999m\u001b[m\u009b31m\u202egnp\u2066\ufeff',
  'lone \ud800 and \udc00 surrogates',
  '\r\n\r\t\v\f\u0085\u2028\u2029',
  ']]>&amp;&lt;&#x3c;',
];

export const ALL_ATTACKS = ATTACKS.join(' ');

/** One outcome with it everywhere. */
export function hostileOutcome(text: string, over: Partial<Outcome> = {}): Outcome {
  return failed({
    id: text,
    suite: text,
    job: text,
    case: text,
    failures: [text, `${text}\n${text}`],
    message: text,
    command: [text, text],
    input: { text, bytes: 9999, truncated: true },
    stdout: written(text),
    stderr: {
      base64: Buffer.from([0xff, 0xfe, ...Buffer.from(text)]).toString('base64'),
      bytes: 9999,
      truncated: true,
    },
    labels: { [text]: text },
    differences: [
      {
        what: text,
        compare: text,
        line: 1,
        column: 1,
        expected: text,
        actual: text,
        text: `${text}\n- ${text}`,
      },
      { what: text, compare: text, line: null, column: null, expected: text, actual: null, text: '' },
    ],
    companions: [checker({ message: text, failures: [text], stdout: written(text), stderr: written(text) })],
    outputs: [{ path: text, bytes: null, sha256: null, mode: null, error: text }],
    isolation: { level: 'full', tier: 'T3', degraded: [text] },
    metrics: { ...failed().metrics, sources: { cpuMs: text } },
    series: seriesOf(3, () => 0.5),
    ...over,
  });
}

export const hostileOutcomes = (): Outcome[] => [
  ...[...ATTACKS, ALL_ATTACKS].flatMap((text) => [
    hostileOutcome(text, { final: false }),
    hostileOutcome(text, { attempt: 2 }),
    hostileOutcome(text, { verdict: 'passed', attempt: 2, repeat: 2 }),
  ]),
  hostileOutcome(ALL_ATTACKS, { role: 'build' }),
];
