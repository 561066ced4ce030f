import { describe, expect, test } from 'vitest';
import { heatmap, lines, stat, table } from '../../dashboards/src/panels/index.js';
import { orZeroAs, zero } from '../../dashboards/src/panels/zero.js';
import { unit } from '../../dashboards/src/units.js';

const scope = 'job=~"$job",instance=~"$instance"';
const up = (probe: string) =>
  `sum(max_over_time(santabpf_probe_state{${scope},${probe},state="up"}[$__rate_interval]) == 1)`;
const opens = 'rate(santabpf_file_opens_total{}[$__rate_interval])';
const text = { title: 'Opens', description: 'Files opened.', nothing: 'No opens' };
const exprs = (panel: { targets?: readonly unknown[] }) =>
  (panel.targets as { expr: string; legendFormat?: string }[]).map(({ expr, legendFormat }) => [expr, legendFormat]);

describe('zero', () => {
  test('is there while a probe of the queries is up', () => {
    expect(zero([opens])).toBe(`0 * ${up('probe="opens"')}`);
    expect(zero([opens, 'santabpf_execs_total{}'])).toBe(`0 * ${up('probe=~"execs|opens"')}`);
    expect(zero(['mine_total{}'], 'mine')).toBe(`0 * ${up('probe="mine"')}`);
  });

  test('is there while an exporter is scraped if no probe is in the queries', () => {
    expect(zero(['ALERTS{}'])).toBe(`0 * sum(max_over_time(santabpf_build_info{${scope}}[$__rate_interval]))`);
  });

  test('has a label that says what did not happen', () => {
    expect(orZeroAs('a', 'No opens', 'command', 'b')).toBe(
      '(a) or on () (label_replace(b, "command", "No opens", "", ""))',
    );
  });
});

describe('a panel with a text for what did not happen', () => {
  const queries = [{ expr: opens, legend: '{{errno}}' }];
  const found = `count_over_time((count((${opens})))[$__range:$__rate_interval] @ end())`;
  const none = `0 * ${up('probe="opens"')}`;

  test('lines have a series of that name if there is no other in the time range', () => {
    expect(exprs(lines({ ...text, queries, unit: unit.perSecond }).build(8))).toEqual([
      [opens, '{{errno}}'],
      [`${none} unless on () ${found}`, 'No opens'],
    ]);
  });

  test('lines of what is no rate look for it at every point: it may be there at one only', () => {
    const gauge = { expr: 'santabpf_listen_queue_connections{}', legend: '' };
    const [, [expr] = []] = exprs(lines({ ...text, queries: [gauge], unit: unit.number }).build(8));
    expect(expr).toContain(`count_over_time((count((${gauge.expr})))[$__range:$__interval] @ end())`);
  });

  test('that series has no axis: one for zeros alone would end at 100', () => {
    const { fieldConfig } = lines({ ...text, queries, unit: unit.perSecond }).build(8);
    const remark = fieldConfig!.overrides.find(({ matcher }) => matcher.options === text.nothing);
    expect(remark!.properties).toContainEqual({ id: 'custom.axisPlacement', value: 'hidden' });
  });

  test('lines of a duration or a share have no value then', () => {
    const [, [expr] = []] = exprs(lines({ ...text, queries, unit: unit.seconds, log: true }).build(8));
    expect(expr).toBe(`${none} / 0 unless on () ${found}`);
  });

  test('a number shows the text instead of a zero', () => {
    const panel = stat({ ...text, expr: opens, unit: unit.seconds }).build();
    expect(exprs(panel)).toEqual([[`(${opens} > 0) or on () (${none})`, '']]);
    expect(panel.fieldConfig?.defaults.mappings).toMatchObject([{ value: '0', text: 'No opens' }]);
  });

  test('a table has a row with the text in its first column if no column has a value', () => {
    const column = { title: 'Opens', expr: opens, unit: unit.count };
    const panel = table({ ...text, labels: ['errno', 'user'], columns: [column, { ...column, title: 'Again' }] });
    const alone = `${none} unless on () ((${opens}))`;
    expect(exprs(panel.build()).map(([expr]) => expr)).toEqual([orZeroAs(opens, 'No opens', 'errno', alone), opens]);
  });

  test('that row is no link: where the first column has links, another has the text, or one of its own', () => {
    const columns = [{ title: 'Opens', expr: opens, unit: unit.count }];
    const remarkOf = (labels: string[]) => {
      const [[expr] = []] = exprs(table({ ...text, labels, columns }).build());
      return /"(\w+)", "No opens"/.exec(expr!)?.[1];
    };
    expect(remarkOf(['command', 'errno'])).toBe('errno');
    expect(remarkOf(['namespace', 'pod'])).toBe('remark');
    const panel = table({ ...text, labels: ['namespace'], columns }).build();
    expect(JSON.stringify(panel.transformations)).toContain('"remark":"Remark"');
    const linked = panel.fieldConfig!.overrides.filter(({ properties }) => properties.some(({ id }) => id === 'links'));
    expect(linked.map(({ matcher }) => matcher.options)).toEqual(['Namespace']);
  });

  test('a heatmap has an empty bucket', () => {
    const panel = heatmap({ ...text, expr: opens, unit: unit.seconds }).build();
    expect(exprs(panel)).toEqual([[orZeroAs(opens, '+Inf', 'le', none), '{{le}}']]);
  });

  test('says only that the probe is not running when it has no data at all', () => {
    const { fieldConfig } = lines({ ...text, queries, unit: unit.perSecond }).build(8);
    expect(fieldConfig?.defaults.noValue).toBe('Probe opens is not running');
  });
});
