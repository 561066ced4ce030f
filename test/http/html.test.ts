import { describe, expect, it } from 'vitest';
import { Html, html } from '../../src/http/html.js';

describe('html', () => {
  it('escapes what is put in, wherever it is put', () => {
    const hostile = `"><script>alert('&')</script>`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('takes HTML as it is, joins lists, and leaves out what is not there', () => {
    expect(
      html`<ul>${['a', '<'].map((item) => html`<li>${item}</li>`)}${undefined}${0}${Html.trusted('<hr>')}</ul>`.toString(),
    ).toBe('<ul><li>a</li><li>&lt;</li>0<hr></ul>');
  });

  it('shows control characters and changes of direction as what they are not', () => {
    expect(html`${'a\u0000b\u001bc\u202ed\te\n'}`.toString()).toBe('a\ufffdb\ufffdc\ufffdd\te\n');
  });
});
