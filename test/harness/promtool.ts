import { execFile } from 'node:child_process';

/** Runs promtool with a low priority, because it computes for seconds beside tests that wait for moments. @returns its output, also if it fails */
export function promtool(...words: string[]): Promise<string> {
  // It spends a fifth of its time on garbage collection.
  const env = { ...process.env, GOGC: '400' };
  return new Promise((resolve) => {
    execFile('nice', ['promtool', ...words], { env, maxBuffer: 16 << 20 }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
