/** What a person sees of work that takes longer than two seconds. */
const patienceMs = 2000;

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Waits for work. After two seconds a line on the terminal says what is being waited for, and for how long; it is gone at the end.
 * @param what a clause such as "Trying every probe"
 * @param stream not written to unless it is a terminal
 */
export async function withProgress<T>(what: string, work: Promise<T>, stream: Terminal = process.stderr): Promise<T> {
  if (stream.isTTY !== true) return await work;
  const start = performance.now();
  let shown = '';
  const timer = setInterval(() => {
    const seconds = (performance.now() - start) / 1000;
    if (seconds * 1000 < patienceMs) return;
    const text = `${what}: ${Math.floor(seconds)} s`;
    if (text !== shown) stream.write(`\r${text}`);
    shown = text;
  }, 250);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (shown !== '') stream.write('\r\x1b[K');
  }
}
