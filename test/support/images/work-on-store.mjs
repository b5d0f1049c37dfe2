// Does one thing with the images of a home directory, and says on standard output how far it is. For tests that kill it.
// Usage: node work-on-store.mjs HOME load|import|rm|prune|check [FILE|NAME]
import { createImages } from '../../../lib/engine/images/index.js';
import { checkStore } from '../../../lib/image/index.js';

const [home, what, argument] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const onProgress = ({ id, phase }) => say(`${phase} ${id}`);

const ACTIONS = {
  load: async (images) => {
    for (const { id } of await images.load({ path: argument }, { onProgress })) say(`id ${id}`);
  },
  import: async (images) =>
    say(`id ${await images.import({ path: argument }, { reference: 'imported:1', onProgress })}`),
  rm: async (images) => say(JSON.stringify(await images.remove(argument))),
  prune: async (images) => say(JSON.stringify(await images.prune({ all: argument === 'all' }))),
  check: async () => {
    for (const problem of await checkStore(home)) say(`problem ${problem}`);
  },
};

try {
  const images = await createImages({ home });
  say('up');
  try {
    await ACTIONS[what](images);
  } finally {
    await images.close();
  }
  say('done');
} catch (error) {
  say(`error ${error.code}: ${error.message}`);
  process.exitCode = 1;
}
