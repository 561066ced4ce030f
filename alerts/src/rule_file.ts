import { Document, isScalar, Scalar, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { ownMetricNames } from '../../src/config/own_metric_names.js';
import { givenBy } from './alert_list.js';
import { durationOf } from './durations.js';
import { flameGraphUrl } from './flame_graph.js';
import type { Group } from './groups.js';
import { alertSettings, type Parameters } from './parameters.js';
import type { Alert, Recording, Rule } from './rule.js';
import { wrapped } from './text.js';
import { windowsOf } from './windows.js';

const notice = 'Made by `npm run alerts` from alerts/src and alerts/parameters.yaml (docs/alerts.md).';

/** Characters of a comment in a line. */
const width = 150;

/**
 * The text of a rule file.
 * @param heading comment at its beginning
 */
export function ruleFile(heading: string, groups: readonly Group[], parameters: Parameters): string {
  const given = givenBy(parameters);
  const rules = groups.map(({ name, definitions }) => ({
    name,
    rules: definitions.flatMap((definition) => definition.rules(given)),
  }));
  const document = new Document({
    groups: rules.map((group) => ({ ...group, rules: group.rules.map((rule) => plain(rule, parameters)) })),
  });
  document.commentBefore = comment(`${notice}\n${heading}`);
  const nodes = document.get('groups') as YAMLSeq<YAMLMap>;
  for (const [index, group] of nodes.items.entries()) {
    const { why } = groups[index]!;
    if (why !== undefined) group.commentBefore = comment(why);
    group.spaceBefore = index > 0;
    for (const [place, node] of (group.get('rules') as YAMLSeq<YAMLMap>).items.entries()) {
      const { why } = rules[index]!.rules[place]!;
      if (why !== undefined) node.commentBefore = comment(why);
    }
  }
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string' && node.value.includes('\n'))
        node.type = Scalar.BLOCK_LITERAL;
    },
  });
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function comment(text: string): string {
  return text
    .split('\n')
    .flatMap((paragraph) => wrapped(paragraph, width))
    .map((line) => ` ${line}`)
    .join('\n');
}

/** A rule as Prometheus reads it. */
function plain(rule: Rule, parameters: Parameters): object {
  return 'alert' in rule ? alerting(rule, parameters) : recording(rule, parameters);
}

function recording({ record, expr, labels }: Recording, { metric_prefix }: Parameters): object {
  return { record, expr: prefixed(expr, metric_prefix), ...(labels && { labels }) };
}

function alerting({ alert, expr, scenario, probe, flameGraph, ...rest }: Alert, parameters: Parameters): object {
  const { metric_prefix, links, interval } = parameters;
  const settings = { ...alertSettings(parameters, alert), ...(rest.severity && { severity: rest.severity }) };
  const waits = rest.for ?? settings.for;
  return {
    alert,
    expr: prefixed(expr, metric_prefix),
    // Otherwise a single scrape could be all that a waiting alert sees.
    ...(waits !== undefined && { for: durationOf(Math.max(waits, 2 * interval)) }),
    ...(settings.keep_firing_for !== undefined && { keep_firing_for: durationOf(settings.keep_firing_for) }),
    labels: { severity: settings.severity, scenario, ...(probe !== undefined && { probe }) },
    annotations: {
      summary: rest.summary,
      description: prefixed(rest.description.join('\n'), metric_prefix),
      runbook_url: `${links.runbooks}/${scenario}.md`,
      dashboard_url: `${links.grafana}/d/santabpf-${rest.dashboard}?var-instance={{ $labels.instance | urlquery }}`,
      ...(flameGraph && { flamegraph_url: flameGraphUrl(links.exporter, windowsOf(interval, parameters.job).events) }),
    },
  };
}

const ownNames: ReadonlySet<string> = new Set(Object.values(ownMetricNames));

/** An expression with another prefix of the kernel's metrics. Names of recording rules stay, and so does what the exporter says of itself. */
function prefixed(expr: string, prefix: string): string {
  return expr.replace(/(?<![\w:])santabpf_(\w+)(?![\w:])/g, (name, rest) =>
    ownNames.has(name) ? name : prefix + rest,
  );
}
