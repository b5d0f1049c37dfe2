const BELOW_ENGINE = [
  'core',
  'spec',
  'image',
  'launcher',
  'sandbox',
  'collect',
  'judge',
  'worker',
  'schedule',
  'pool',
  'report',
  'store',
  'template',
] as const;

/** Which folders under src/ a folder may import, besides itself. Explained in docs/architecture.md. */
export const LAYERS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['core', []],
  ['spec', ['core']],
  ['image', ['core', 'spec']],
  ['launcher', ['core', 'spec']],
  ['sandbox', ['core', 'spec', 'launcher']],
  ['collect', ['core', 'spec']],
  ['judge', ['core', 'spec']],
  ['worker', ['core', 'spec', 'image', 'sandbox', 'collect', 'judge']],
  ['schedule', ['core', 'spec']],
  ['pool', ['core', 'spec', 'schedule', 'worker']],
  ['report', ['core', 'spec']],
  ['store', ['core', 'spec']],
  ['template', ['core']],
  ['engine', BELOW_ENGINE],
  ['cli', ['core', 'spec', 'template', 'engine']],
]);
