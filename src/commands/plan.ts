/** `santabpf plan`: what a configuration costs on this host. */
import { join, relative } from 'node:path';
import { defineCommand } from '../cli/command.js';
import { count, text } from '../cli/flags.js';
import { fault } from '../errors/fault.js';
import { inspectHost, unsuitability } from '../kernel/host.js';
import { packageFolder, packageVersion } from '../package_folder.js';
import { readConfigurationPatiently } from '../reading/reading.js';
import { paintFor } from './output/paint.js';
import { withProgress } from './output/progress.js';
import { measure } from './plan/measurement.js';
import { report } from './plan/report.js';

const shippedFile = join(packageFolder, 'config/santabpf.yaml');

export const command = defineCommand({
  name: 'plan',
  summary: 'Measure what a configuration costs on this host',
  description: [
    'Runs the probes of a configuration for some seconds, and says what they cost:',
    'events per second, time per event, samples on the page, memory of the kernel, and what is missing.',
    'The exit code is 0 if every probe runs, and otherwise 1.',
  ],
  operands: [{ name: 'FILE', optional: true }],
  flags: {
    seconds: { takes: 'NUMBER', help: 'How long to count', default: '10', parse: seconds },
    json: { help: 'Print JSON' },
    'bpf.btf-file': { takes: 'FILE', help: 'Type information (BTF) for a kernel that has none', parse: text },
  },
  examples: ['plan', 'plan my-probes/santabpf.yaml --seconds=60'],
  async run([file = shippedFile], flags) {
    const btfFile = flags['bpf.btf-file'];
    const unsuitable = unsuitability(inspectHost({ proc: '/proc', sys: '/sys' }), btfFile);
    if (unsuitable) throw unsuitable;
    const configuration = await readConfigurationPatiently(
      file,
      { objectFolder: join(packageFolder, 'dist/bpf') },
      btfFile,
    );
    const plan = await withProgress(
      `Counting events for ${flags.seconds} s`,
      measure(configuration, { seconds: flags.seconds, btfFile, version: packageVersion() }),
    );
    const shown = relative('', file);
    process.stdout.write(
      flags.json ? `${JSON.stringify(plan, undefined, 2)}\n` : report(plan, shown, paintFor(process.stdout)),
    );
    return plan.probes.every(({ state }) => state === 'up') ? 0 : 1;
  },
});

function seconds(value: string, flag: string): number {
  const number = count(value, flag);
  if (number >= 1 && number <= 3600) return number;
  throw fault('ARGUMENT_INVALID', { problem: `--${flag} must be from 1 to 3600` });
}
