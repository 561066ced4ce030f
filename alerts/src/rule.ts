import type { z } from 'zod';
import type { Identity } from './identity.js';
import type { Severity } from './parameter_kinds.js';
import type { Windows } from './windows.js';

/** A recording rule. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  /** Above the rule as a comment. */
  readonly why?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
}

/** An alert. Unless it says otherwise, its severity, `for` and `keep_firing_for` are parameters under its name. */
export interface Alert {
  readonly alert: string;
  /** Above the rule as a comment: where its thresholds come from. */
  readonly why?: string;
  readonly expr: string;
  /** Of a second rule under the same name: a warning whose cause goes on becomes critical. */
  readonly severity?: Severity;
  /** Seconds. */
  readonly for?: number;
  /** Name of the scenario, which is that of its runbook and of its promtool tests. */
  readonly scenario: string;
  /** The probe without which the alert cannot fire. Absent if it is about the exporter itself or about several probes. */
  readonly probe?: string;
  /** The dashboard to look at: its uid without `santabpf-`. */
  readonly dashboard: string;
  /** Whether a flame graph shows more: what uses the CPUs, or waits. */
  readonly flameGraph?: true;
  readonly summary: string;
  /** Lines of text and of Go templates. */
  readonly description: readonly string[];
}

export type Rule = Recording | Alert;

/** Schemas of the parameters of alerts, by alert, besides severity, `for` and `keep_firing_for`. */
export type Shapes = Readonly<Record<string, Readonly<Record<string, z.ZodType>>>>;

/** What the rules of a file are made from: the parameters of their alerts, the windows of the scrape interval, and the identity. */
export type Given<S extends Shapes> = Windows & { readonly identity: Identity } & {
  readonly [Alert in keyof S]: { readonly [Name in keyof S[Alert]]: z.output<S[Alert][Name]> };
};

/** Rules with the parameters of their alerts. */
export interface Definition {
  readonly parameters: Shapes;
  rules(given: Given<Shapes>): readonly Rule[];
}

/**
 * Defines rules.
 * @param parameters of each alert in `rules`; `{}` for an alert that has severity, `for` and `keep_firing_for` alone
 */
export function define<const S extends Shapes>(parameters: S, rules: (given: Given<S>) => readonly Rule[]): Definition {
  return { parameters, rules: rules as Definition['rules'] };
}

/** A recording rule, named level:metric:operations as Prometheus recommends. @param why a comment */
export function record(name: string, expr: string, why?: string, labels?: Readonly<Record<string, string>>): Recording {
  return { record: name, expr, why, ...(labels && { labels }) };
}
