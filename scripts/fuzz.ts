/**
 * Texts and bytes of strangers, changed at random, for as long as one likes.
 *
 *   npm run fuzz                                        each target for ten seconds
 *   npm run fuzz -- --target suites --seconds 600       one, for ten minutes
 *   npm run fuzz -- --target suites --seed 4711 --cases 1    a case that was found, again
 */
import { parseArgs } from 'node:util';
import { type Find, fuzz } from '../test/support/fuzz/run.js';
import { FUZZ_TARGETS } from '../test/support/fuzz/targets.js';

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: Object.keys(FUZZ_TARGETS) },
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000_000}` },
    cases: { type: 'string', default: 'Infinity' },
  },
});
const FINDS_SHOWN = 10;

function say({ target, seed, what, shown }: Find): void {
  console.log(`${target}: --seed ${seed}: ${what}\n  ${shown}\n`);
}

console.log(`seed ${values.seed}`);
for (const target of values.target) {
  const until = performance.now() + Number(values.seconds) * 1000;
  const goOn = (cases: number): boolean => cases < Number(values.cases) && performance.now() < until;
  const { cases, taken, finds } = await fuzz({ target, firstSeed: Number(values.seed), goOn });
  const kinds = new Map(finds.map((find) => [find.what.split('\n').slice(0, 2).join(), find]));
  console.log(`${target}: ${cases} cases, ${taken} taken, ${finds.length} finds of ${kinds.size} kinds`);
  for (const find of [...kinds.values()].slice(0, FINDS_SHOWN)) say(find);
  if (finds.length > 0) process.exitCode = 1;
}
