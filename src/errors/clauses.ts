/** The line of a probe file about the hook of a program. */
export function attachYaml(program: string, settings: string): string {
  return `\`programs: { attach: { ${program}: ${settings} } }\``;
}

/** A clause about what the object or the parent has. */
export function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
}

export function suggestion(nearest: string | undefined): string | undefined {
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}

/** Starts a sentence with a phrase. */
export function capitalized(phrase: string): string {
  return phrase.replace(/^./, (first) => first.toUpperCase());
}
