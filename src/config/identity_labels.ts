/** Labels that say who did it. All but the command are properties of a cgroup. */
export const identityLabels = [
  'command',
  'unit',
  'slice',
  'cgroup',
  'container',
  'container_id',
  'namespace',
  'pod',
  'image',
] as const;

export type IdentityLabel = (typeof identityLabels)[number];
