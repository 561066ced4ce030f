/** Name of the map that limits the new keys of `map`. bpf/include/newcomers.h defines it. */
export function newcomersOf(map: string): string {
  return `${map}_newcomers`;
}

/** Name of the map that counts the updates that `map` was too full for. bpf/include/maps.h defines it. */
export function companionOf(map: string): string {
  return `${map}_other`;
}
