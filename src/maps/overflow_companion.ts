/** The name of the map that counts the updates that find `map` full: bpf/include/maps.h defines it. */
export function companionOf(map: string): string {
  return `${map}_other`;
}
