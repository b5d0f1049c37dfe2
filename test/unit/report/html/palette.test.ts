import { describe, expect, it } from 'vitest';
import { DARK, LIGHT, TERMINAL } from '../../../../src/report/html/style/palette.js';

/** Relative luminance and contrast of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', LIGHT, TERMINAL.light],
  ['dark', DARK, TERMINAL.dark],
] as const)('the %s colours', (_, palette, terminal) => {
  it('are legible as text', () => {
    const texts = ['ink', 'muted', 'accent', 'passed', 'failed', 'error', 'skipped', 'flaky'] as const;
    const weak = texts.flatMap((text) =>
      (['paper', 'surface'] as const)
        .filter((paper) => contrast(palette[text], palette[paper]) < 4.5)
        .map((paper) => `${text} on ${paper}`),
    );
    expect(weak).toEqual([]);
    expect(contrast(palette.ink, palette['plus-paper'])).toBeGreaterThan(4.5);
    expect(contrast(palette.ink, palette['minus-paper'])).toBeGreaterThan(4.5);
  });

  it('tell charts from the paper, and verdicts from each other by lightness', () => {
    for (const name of ['passed-bar', 'failed', 'error'] as const)
      expect(contrast(palette[name], palette.paper), name).toBeGreaterThan(2.5);
    expect(contrast(palette['passed-bar'], palette.failed)).toBeGreaterThan(1.7);
    expect(contrast(palette['passed-bar'], palette.error)).toBeGreaterThan(1.7);
  });

  it('keep what a terminal would show legible, every colour on every background', () => {
    const backs = [palette.surface, ...terminal.back];
    const weak = [...terminal.front, ...terminal.bright].flatMap((front, index) =>
      backs
        .filter((back) => contrast(front, back) < 4.5)
        .map((back) => `f${index} on ${back}: ${contrast(front, back).toFixed(2)}`),
    );
    expect(weak).toEqual([]);
  });
});
