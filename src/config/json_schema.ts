/**
 * The JSON schemas that editors check configuration files with, made from the schemas that the exporter checks them with.
 * `npm run schema` writes them. Rules that concern several settings at once are the exporter's alone.
 */
import { z } from 'zod';
import { mainFile } from './main_schema.js';
import { probeFile } from './probe_schema.js';

/** What a message calls expected, as the text that an editor shows. */
function sentence(expected: string): string {
  return `${expected.charAt(0).toUpperCase()}${expected.slice(1).replace(/,$/, '')}.`;
}

function jsonSchema(schema: z.ZodType, title: string): string {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: part }) => {
      // In JSON a number beyond 2^53 is an integer like any other.
      if (zodSchema._zod.def.type === 'bigint') part.type = 'integer';
      const error = zodSchema._zod.def.error as z.core.$ZodErrorMap | undefined;
      const expected = error?.({ code: 'invalid_type', expected: 'string', input: undefined, path: [] });
      if (typeof expected === 'string') part.description = sentence(expected);
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
