import type { RunningExporter } from '../../harness/exporter.js';
import { toldProbe } from '../probes.js';

/** The kinds that the probes `told` and `other` count. */
export const kind = 6;
export const otherKind = 7;

/** The files of both probes. */
export const files = () => ({
  'told.yaml': toldProbe({ kind }),
  'other.yaml': toldProbe({ name: 'other', kind: otherKind }),
});

/** Reloads the configuration by HTTP. */
export async function reload({ url }: RunningExporter): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/-/reload`, { method: 'POST' });
  return { status: response.status, text: await response.text() };
}
