/** Writes the alert rules: `npm run alerts -- [FLAG]...`. docs/alerts.md explains the parameters. */
import { describeFault, Faults, SantaError } from '../../src/errors/fault.js';
import { run } from './command.js';

try {
  process.stdout.write(run(process.argv.slice(2)));
} catch (error) {
  const faults = error instanceof Faults ? error.faults : error instanceof SantaError ? [error] : undefined;
  if (faults === undefined) throw error;
  console.error(faults.map(describeFault).join('\n\n'));
  process.exitCode = 1;
}
