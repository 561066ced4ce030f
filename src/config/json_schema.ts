/**
 * The JSON schemas with which editors check configuration files, generated from the exporter's own schemas by
 * `npm run schema`. Rules about several settings at once are not in them.
 */
import { z } from 'zod';
import { mainFile } from './main_schema.js';
import { probeFile } from './probe_schema.js';
import { describedBy } from './sentences.js';

function jsonSchema(schema: z.ZodType, title: string): string {
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
  return `${JSON.stringify({ title, ...json }, null, 2)}\n`;
}

/** The text of each schema, by its file name in config/. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  return {
    'santabpf.schema.json': jsonSchema(mainFile, 'SantaBPF: main file'),
    'probe.schema.json': jsonSchema(probeFile, 'SantaBPF: probe file'),
  };
}
