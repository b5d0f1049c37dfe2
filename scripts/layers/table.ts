const BELOW_ENGINE = [
  'core',
  'spec',
  'image',
  'launcher',
  'sandbox',
  'collect',
  'worker',
  'schedule',
  'pool',
  'report',
] as const;

/** Which folders under src/ a folder may import, besides itself. Explained in docs/architecture.md. */
export const LAYERS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['core', []],
  ['spec', ['core']],
  ['image', ['core', 'spec']],
  ['launcher', ['core', 'spec']],
  ['sandbox', ['core', 'spec', 'launcher']],
  ['collect', ['core', 'spec']],
  ['worker', ['core', 'spec', 'image', 'sandbox', 'collect']],
  ['schedule', ['core', 'spec']],
  ['pool', ['core', 'spec', 'schedule', 'worker']],
  ['report', ['core', 'spec']],
  ['engine', BELOW_ENGINE],
  ['cli', ['core', 'spec', 'engine']],
]);
