/** The cost of one sample of the probe `profile`. Samples are too rare for a loop, so the kernel's run statistics show it. */
import { figure } from './numbers.js';
import { addon, attachProbe, shippedRequest } from './probe_requests.js';
import { spin } from './workload.js';

/** Prints nanoseconds per sample. @param folder for a configuration file */
export async function sampleCost(folder: string): Promise<void> {
  const probe = await attachProbe(shippedRequest('profile', folder));
  const statistics = new addon.RunStatistics();
  try {
    spin(3000);
    const { name } = probe.programs()[0]!;
    const { runs, nanoseconds } = probe.measuredRuns(name);
    console.log(
      `profile: ${figure(nanoseconds / runs)} ns per sample by the kernel's run statistics (${runs} samples)`,
    );
  } finally {
    statistics.close();
    probe.close();
  }
}
