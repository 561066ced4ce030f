/** Name of the map that counts the updates that `map` was too full for. bpf/include/maps.h defines it. */
export function companionOf(map: string): string {
  return `${map}_other`;
}
