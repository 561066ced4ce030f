// Loaded before the exporter: tells on SIGUSR2 how long the event loop was held since the last time, as a line of the log.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolution = 5;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
process.on('SIGUSR2', () => {
  /** @param {number} nanoseconds */
  const held = (nanoseconds) => nanoseconds / 1e6 - resolution;
  const [median, most, longest] = [delay.percentile(50), delay.percentile(99), delay.max].map(held);
  process.stdout.write(`${JSON.stringify({ level: 'info', msg: 'Loop delay', median, most, longest })}\n`);
  delay.reset();
});
