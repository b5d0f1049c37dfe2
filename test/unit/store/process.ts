/** A process of its own that begins a run once it is told to, and then waits to be killed. */
import { once } from 'node:events';
import { RunStore } from '../../../src/store/index.js';

const [, , home = '', name = '', outcome] = process.argv;
const store = await RunStore.open(home);
console.log('ready');
await once(process.stdin, 'data');
try {
  const live = await store.create({ kind: 'test', name, stoppable: true });
  console.log('created');
  if (outcome !== undefined) {
    await live.append(JSON.parse(outcome));
    await live.flush();
    console.log('flushed');
  }
} catch (error) {
  console.log(error instanceof Error ? error.message.replace(/ by run .*/, '') : error);
}
process.stdin.resume();
