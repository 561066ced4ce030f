import { describe, expect, it } from 'vitest';
import { negotiate } from '../../src/exposition/negotiate.js';

const prometheus2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
const protobuf = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,';

describe('the format', () => {
  it.each([
    ['openmetrics', prometheus2],
    ['openmetrics', prometheus3],
    ['openmetrics', protobuf + prometheus3],
    ['text', `${protobuf}text/plain;version=0.0.4;q=0.5,*/*;q=0.1`],
    ['text', undefined],
    ['text', ''],
    ['text', '*/*'],
    ['text', 'text/*'],
    ['text', 'text/plain'],
    ['text', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'],
    ['openmetrics', 'application/openmetrics-text'],
    ['openmetrics', 'APPLICATION/OpenMetrics-Text ; Version="1.0.0" ; Q=0.3'],
    ['openmetrics', 'application/*'],
    ['openmetrics', 'application/openmetrics-text, */*'],
    ['openmetrics', 'application/openmetrics-text,text/plain'],
    ['text', 'text/plain,application/openmetrics-text'],
    ['text', 'application/openmetrics-text;q=0.4,text/plain;q=0.5'],
    ['text', 'application/openmetrics-text;q=0,*/*'],
    ['openmetrics', 'text/plain;q=0,*/*;q=0.1'],
    ['text', 'application/openmetrics-text;version=2.0.0'],
    ['text', 'application/openmetrics-text;version=0.0.1;q=0.9,text/plain;q=0.1'],
    // No offered format is allowed, or the header is malformed: text.
    ['text', 'application/json'],
    ['text', 'text/plain;q=0,application/openmetrics-text;q=0'],
    ['text', 'application/openmetrics-text;q=high'],
    ...['1.5', '1.01', '1.001', '2', '2.5', '10', '17.3'].map(
      (weight) => ['text', `application/openmetrics-text;q=${weight}`] as const,
    ),
    ['openmetrics', 'application/openmetrics-text;q=1.000'],
    ['openmetrics', 'text/plain;q=1.5;x=y,application/openmetrics-text;q=0.1'],
    ['text', 'application/openmetrics-text; q=2 ; level=1 , text/plain;q=0.1'],
    // Parameters that no offer has do not matter.
    ['openmetrics', 'application/openmetrics-text;escaping=underscores,text/plain'],
    ['openmetrics', 'application/openmetrics-text; escaping=values ; x-y= ;z=1;version=1.0.0,text/plain'],
    ['openmetrics', 'application/openmetrics-text;version=1.0.0;Charset=UTF-8;q=0.2,text/plain;q=0.1'],
    ['text', 'application/openmetrics-text;escaping=values;q=0.1,text/plain;q=0.2'],
    ['text', 'application/openmetrics-text;escaping=values;version=0.0.1,text/plain;q=0.2'],
    // Only the first 2000 characters count.
    ['openmetrics', `${'a/b,'.repeat(490)}application/openmetrics-text`],
    ['text', `${'a/b,'.repeat(500)}application/openmetrics-text`],
    ['text', ';;;,,,=/=/,"'],
    // Separators in quotes do not separate.
    ['openmetrics', 'text/plain;note="a,b;q=1\\"";q=0.1,application/openmetrics-text;q=0.2'],
  ] as const)('is %s for %s', (format, accept) => {
    expect(negotiate(accept).format).toBe(format);
  });

  it('has its content type', () => {
    expect(negotiate(prometheus2).contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(negotiate('*/*').contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('is found quickly in a header built to be slow', () => {
    const start = performance.now();
    negotiate('text/plain;q=0.1,'.repeat(1000));
    negotiate(`${'text/plain;'.repeat(1000)}${'"'.repeat(1001)}`);
    expect(performance.now() - start).toBeLessThan(200);
  });
});
