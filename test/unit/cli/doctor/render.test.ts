import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TIERS } from '../../../../src/cli/doctor/render.js';

it('calls the tiers as the documentation does', () => {
  const path = new URL('../../../../docs/architecture.md', import.meta.url);
  const documented = readFileSync(path, 'utf8').replaceAll('\n', ' ');
  for (const [tier, words] of Object.entries(TIERS)) expect(documented).toContain(`${tier} ${words}`);
});
