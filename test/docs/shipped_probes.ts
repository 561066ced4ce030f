import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IdentitySpec } from '../../src/config/identity_schema.js';
import { loadConfiguration } from '../../src/config/load.js';
import { parseProbeFile } from '../../src/config/probe_file.js';
import type { ProbeSpec } from '../../src/config/probe_schema.js';

const folder = fileURLToPath(new URL('../../config', import.meta.url));

/** A probe in config/probes. */
export interface ShippedProbe {
  readonly spec: ProbeSpec;
  /** Whether config/santabpf.yaml enables it. */
  readonly byDefault: boolean;
  /** Where its metrics have who did it, in their order. */
  readonly identities: readonly (IdentitySpec | undefined)[];
}

/** Every shipped probe: first the default ones in the order of config/santabpf.yaml, then the others by name. */
export function shippedProbes(): ShippedProbe[] {
  const defaults = probesOf(join(folder, 'santabpf.yaml'));
  const names = new Set(defaults.map(({ probe }) => probe));
  const others = readdirSync(join(folder, 'probes'))
    .flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))
    .filter((name) => !names.has(name))
    .sort();
  return [
    ...defaults.map((spec) => ({ spec, byDefault: true })),
    ...(others.length === 0 ? [] : load(others)).map((spec) => ({ spec, byDefault: false })),
  ].map((probe) => ({ ...probe, identities: identitiesOf(probe.spec) }));
}

function identitiesOf({ probe }: ProbeSpec): (IdentitySpec | undefined)[] {
  return parseProbeFile(join(folder, 'probes', `${probe}.yaml`)).settings!.metrics.map(({ identity }) => identity);
}

function load(probes: readonly string[]): ProbeSpec[] {
  const temporary = mkdtempSync(join(tmpdir(), 'santabpf-shipped-'));
  const file = join(temporary, 'santabpf.yaml');
  try {
    writeFileSync(file, JSON.stringify({ probes, probe_path: [join(folder, 'probes')] }));
    return probesOf(file);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function probesOf(file: string): ProbeSpec[] {
  return loadConfiguration(file, { objectFolder: '/nonexistent' }).probes.map(({ spec }) => spec);
}
