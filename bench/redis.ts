/** Redis, GET by 20 clients over loopback, nothing on disk. */
import type { GoalRow } from './goals.js';
import { Inquiry } from './inquiry.js';
import { kept } from './kept.js';
import { freePort, type Service } from './service.js';
import { type StateOptions, statesOf } from './states.js';

export async function redis(options: StateOptions): Promise<GoalRow[]> {
  return [
    await kept({ measure: 'redis GET, 20 clients', goal: 0.9 }, await redisService(options.folder), statesOf(options)),
  ];
}

/** @param folder that the caller removes */
export async function redisService(folder: string): Promise<Service> {
  const port = String(await freePort());
  const inquiry = new Inquiry(Number(port), 'INFO stats\r\n', /total_commands_processed:(\d+)[\s\S]*\r\n\r\n$/);
  const files = ['--save', '', '--appendonly', 'no', '--dir', folder];
  return {
    server: ['usr/bin/redis-server', '--bind', '127.0.0.1', '--port', port, ...files],
    // More requests than any run takes: the benchmark ends it.
    generator: ['usr/bin/redis-benchmark', '-p', port, '-t', 'get', '-c', '20', '-n', '2000000000', '-q'],
    answered: () => inquiry.ask(),
  };
}
