/** Loaded into the exporter with --import: tells the parent, when asked, how long the event loop was held at most. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  process.send!(delay.max / 1e6);
  delay.reset();
});
process.channel!.unref();
