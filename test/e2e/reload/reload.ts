import type { RunningExporter } from '../../harness/exporter.js';
import { toldProbe } from '../probes.js';

/** The probes `told` and `other` each count what is told to a number of their own. */
export const kind = 6;
export const otherKind = 7;

/** Their probe files. */
export const files = () => ({
  'told.yaml': toldProbe({ kind }),
  'other.yaml': toldProbe({ name: 'other', kind: otherKind }),
});

/** Reloads by HTTP. */
export async function reload({ url }: RunningExporter): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/-/reload`, { method: 'POST' });
  return { status: response.status, text: await response.text() };
}
