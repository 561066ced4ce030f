/**
 * The JSON schemas with which editors check configuration files, generated from the exporter's own schemas by
 * `npm run schema`. Rules about several settings at once are not in them.
 */
import { z } from 'zod';
import { scriptEvents } from './compiled_script.js';
import { mainFile } from './main_schema.js';
import { probeFile } from './probe_schema.js';
import { describedBy } from './sentences.js';

type Json = Record<string, unknown>;

function jsonSchema(schema: z.ZodType, title: string, change: (json: Json) => void = () => {}): string {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: part }) => {
      // In JSON a number beyond 2^53 is an integer like any other.
      if (zodSchema._zod.def.type === 'bigint') part.type = 'integer';
      const error = zodSchema._zod.def.error as z.core.$ZodErrorMap | undefined;
      const message = error?.({ code: 'invalid_type', expected: 'string', input: undefined, path: [] });
      const description = typeof message === 'string' ? describedBy(message) : undefined;
      if (description) part.description = `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
    },
  });
  change(json as Json);
  return `${JSON.stringify({ title, ...json }, null, 2)}\n`;
}

/** With a script, metrics may be left out, labels may be a list, and events are printfs. */
function allowScripts(json: Json): void {
  const properties = json.properties as Record<string, Json>;
  json.required = (json.required as string[]).filter((name) => name !== 'metrics');
  json.anyOf = [{ required: ['metrics'] }, { required: ['script'] }];
  const metric = properties.metrics!.items as { properties: Record<string, Json> };
  const names = {
    type: 'array',
    items: { type: 'string' },
    description: 'Names of the parts of the key, in their order.',
  };
  metric.properties.labels = { anyOf: [metric.properties.labels, names] };
  const prints = z.toJSONSchema(scriptEvents, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as Json;
  delete prints.$schema;
  properties.events = { anyOf: [properties.events, prints] };
}

/** The text of each schema, by its file name in config/. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  return {
    'santabpf.schema.json': jsonSchema(mainFile, 'SantaBPF: main file'),
    'probe.schema.json': jsonSchema(probeFile, 'SantaBPF: probe file', allowScripts),
  };
}
