/** Loaded into the exporter with --import. Answers each message of the parent with the longest stall of the event loop, in ms. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  process.send!(delay.max / 1e6);
  delay.reset();
});
process.channel!.unref();
