/** Runs all benchmarks, or one: `npm run bench -- NAME [ARGUMENT...]`. docs/performance.md explains them. */
import { release } from 'node:os';
import { eventCost } from './event_cost.js';
import { exposition } from './exposition.js';
import { idle } from './idle.js';
import { memory } from './memory.js';
import { scrape } from './scrape.js';
import { start } from './start.js';

const benchmarks: Readonly<Record<string, (parameters: readonly string[]) => Promise<void>>> = {
  scrape: (sizes) => scrape(sizes.length > 0 ? sizes.map(Number) : [1000, 10_000, 100_000]),
  event_cost: (probes) => eventCost(probes),
  start: () => start(),
  idle: ([seconds = '60']) => idle(Number(seconds)),
  memory: (probes) => memory(probes),
  exposition: (sizes) => exposition(sizes.length > 0 ? sizes.map(Number) : [1000, 10_000, 100_000]),
};

const [chosen, ...parameters] = process.argv.slice(2);
if (chosen !== undefined && !Object.hasOwn(benchmarks, chosen)) {
  console.error(`There is no benchmark "${chosen}". Choose one of: ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}
console.log(`Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
for (const [name, run] of Object.entries(benchmarks)) {
  if (chosen !== undefined && name !== chosen) continue;
  console.log(`\n## ${name}`);
  await run(name === chosen ? parameters : []);
}
