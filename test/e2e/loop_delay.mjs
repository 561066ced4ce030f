// Loaded before the exporter. On SIGUSR2 it logs how long the event loop was blocked since the last SIGUSR2.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolution = 5;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
process.on('SIGUSR2', () => {
  /** @param {number} nanoseconds */
  const blocked = (nanoseconds) => nanoseconds / 1e6 - resolution;
  const [median, most, longest] = [delay.percentile(50), delay.percentile(99), delay.max].map(blocked);
  process.stdout.write(`${JSON.stringify({ level: 'info', msg: 'Loop delay', median, most, longest })}\n`);
  delay.reset();
});
