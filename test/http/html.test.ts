import { describe, expect, it } from 'vitest';
import { Html, html } from '../../src/http/html.js';

describe('html', () => {
  it('escapes inserted text in elements and attributes', () => {
    const hostile = `"><script>alert('&')</script>`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('inserts HTML unescaped, joins lists, and ignores undefined', () => {
    expect(
      html`<ul>${['a', '<'].map((item) => html`<li>${item}</li>`)}${undefined}${0}${Html.trusted('<hr>')}</ul>`.toString(),
    ).toBe('<ul><li>a</li><li>&lt;</li>0<hr></ul>');
  });

  it('replaces control characters and bidirectional controls', () => {
    expect(html`${'a\u0000b\u001bc\u202ed\te\n'}`.toString()).toBe('a\ufffdb\ufffdc\ufffdd\te\n');
  });
});
