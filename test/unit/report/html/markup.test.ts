import { describe, expect, it } from 'vitest';
import { blockJson, escapeHtml, html, markupBlock, raw } from '../../../../src/report/html/markup.js';

describe('markup', () => {
  it('escapes every value that is not markup', () => {
    const name = `<img src=x onerror="alert('1')">&`;
    expect(html`<p title="${name}">${name}</p>`.text).toBe(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>',
    );
  });

  it('leaves markup as it is, joins lists and drops what is nothing', () => {
    expect(html`${raw('<b>')}${['<', raw('<i>'), 1]}${null}${undefined}${false}`.text).toBe('<b>&lt;<i>1');
  });

  it('shows controls, characters that reorder text and lone surrogates', () => {
    expect(escapeHtml('a\u0000b\u001b[2J\u202ec\ud800d\u009be\u2028')).toBe(
      'a\\u{0}b\\u{1b}[2J\\u{202e}c\\u{d800}d\\u{9b}e\\u{2028}',
    );
    expect(escapeHtml('tab\tline\n😀')).toBe('tab\tline\n😀');
  });

  it('lets nothing end a data block', () => {
    expect(blockJson(['</script><!--<script>'])).not.toContain('<');
    expect(JSON.parse(blockJson(['</script><!--<script>']))).toEqual(['</script><!--<script>']);
  });

  it('lets nothing from outside end a block of markup, or begin a comment in it', () => {
    const outside = '</script>`"\'\\ \\u003c <!-- <script> \n';
    const markup = html`<p class="a">${outside}</p>`;
    const block = markupBlock('d1', markup);
    expect(block.match(/<[^>]*>/g)).toEqual([
      '<script type="text/html" id="d1">',
      '<p class="a">',
      '</p>',
      '</script>',
    ]);
    expect(block).toContain(markup.text);
  });
});
