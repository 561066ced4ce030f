/** The commands of `santabpf` beside the exporter itself. */
import type { Command } from '../cli/command.js';

/** By name. A command's module is loaded when it is called: the exporter's own start needs none of them. */
export const COMMANDS: ReadonlyMap<string, () => Promise<{ readonly command: Command }>> = new Map([
  ['doctor', () => import('./doctor.js')],
  ['hooks', () => import('./hooks.js')],
  ['inspect', () => import('./inspect.js')],
  ['script', () => import('./script.js')],
  ['new', () => import('./new.js')],
  ['build', () => import('./build.js')],
  ['migrate', () => import('./migrate.js')],
  ['plan', () => import('./plan.js')],
  ['completion', async () => ({ command: (await import('./completion.js')).completionCommand(allCommands) })],
  ['man', async () => ({ command: (await import('./man.js')).manCommand(allCommands) })],
  ['top', () => import('./top.js')],
  ['dashboard', () => import('./dashboard.js')],
]);

/** All of them, in the order of the table. */
export async function allCommands(): Promise<Command[]> {
  const modules = await Promise.all([...COMMANDS.values()].map((load) => load()));
  return modules.map(({ command }) => command);
}

/** The lines of the exporter's help about the commands, aligned. */
export async function commandLines(): Promise<string[]> {
  const commands = await allCommands();
  const width = Math.max(...commands.map(({ name }) => name.length)) + 4;
  return commands.map(({ name, summary }) => `  ${name}`.padEnd(width) + summary);
}
