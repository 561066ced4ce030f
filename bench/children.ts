import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

const running = new Set<ChildProcess>();
// Nothing must outlive the benchmark: a load generator would keep the machine busy.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts a process that ends with this one at the latest. */
export function launch(command: string, parameters: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, parameters, options);
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Ends a process. Resolves when it has ended. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (!running.has(child)) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill(signal);
  await ended;
}
