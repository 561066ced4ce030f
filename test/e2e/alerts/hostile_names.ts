/** Names as labels show them, which try to be markup, rows of a list, commands or templates. */
export const hostileNames = [
  'plain',
  '<!channel> x\\x0a- y',
  '<b>&amp;</b>',
  '<img src=x onerror=alert(1)>',
  '</td></tr></table><script>alert(1)</script>',
  '<http://evil.example|click>',
  '- x: 90%',
  'name: 50%: ',
  '  two  spaces',
  "'; touch $(id) `id` '",
  '$1 \u0024{1} $$ \\',
  '{{ .Value }} {{ template "santabpf.text" . }}',
  '*bold* _italic_ ~gone~ `code`',
  'שלום (root)',
  `${'n'.repeat(127)}…`,
];
