/** `fentry` and `fexit`: functions of the kernel and its modules, by their types. */
import { nearest } from '../../nearest.js';
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook, HookParameter, Provider } from './hook.js';
import { isPattern, matcher } from './name_matcher.js';
import { MissingHook, ScriptProblem } from './problem.js';
import { kernelItself, type TypeOwner, type TypeTable } from './type_table.js';

type FunctionProvider = 'fentry' | 'fexit';

/**
 * @param most hooks that are looked at; of more only the number is of use
 * @throws ScriptProblem
 */
export function kernelFunctions(
  provider: FunctionProvider,
  point: AttachPoint,
  types: TypeTable,
  most: number,
): Hook[] {
  const { parts, place } = point;
  const name = parts.at(-1);
  if (!name || parts.length > 2) {
    throw new ScriptProblem(
      place,
      `${provider} needs a function of the kernel`,
      `Write it as in ${provider}:vfs_read, or with a module as in ${provider}:xfs:xfs_file_fsync.`,
    );
  }
  if (types.btf === undefined) {
    throw new ScriptProblem(place, `${provider} needs a kernel with BTF, and this one has none`, 'Use a kprobe.');
  }
  const module = parts.length === 2 ? parts[0]! : '*';
  if (parts.length === 2) checkModule(module, point, types);
  return isPattern(name)
    ? matchingFunctions(provider, module, name, point, types, most)
    : [functionOf(provider, module, name, point, types)];
}

function checkModule(module: string, { place }: AttachPoint, types: TypeTable): void {
  const [owner] = types.owners(module);
  if (owner !== undefined) return;
  const loaded = [...types.owners()].map((each) => each.module);
  const similar = nearest(module, loaded);
  throw new MissingHook(
    place,
    `No module ${module} with types is loaded`,
    similar === undefined ? 'Load it, or see ls /sys/kernel/btf.' : `Did you mean "${similar}"?`,
  );
}

function matchingFunctions(
  provider: FunctionProvider,
  module: string,
  pattern: string,
  { place }: AttachPoint,
  types: TypeTable,
  most: number,
): Hook[] {
  const matches = matcher(pattern);
  // The kernel finds functions by their names: the first owner has it.
  const found = new Map<string, TypeOwner>();
  for (const owner of types.owners(module)) {
    for (const name of owner.btf.namesOf('function')) if (matches(name) && !found.has(name)) found.set(name, owner);
  }
  if (found.size === 0)
    throw new MissingHook(place, `No function of the kernel matches ${pattern}`, 'Look at /proc/kallsyms.');
  return [...found].map(([name, owner], index) =>
    index > most ? placeholder(provider, name) : kernelFunction(provider, name, owner, types),
  );
}

const placeholder = (provider: Provider, name: string): Hook => ({
  provider,
  text: name,
  section: '',
  context: { kind: 'none' },
});

/** One function by its name. It must be of one owner: the kernel is asked by the name alone. */
function functionOf(
  provider: FunctionProvider,
  module: string,
  name: string,
  { place }: AttachPoint,
  types: TypeTable,
): Hook {
  const matches = matcher(module);
  const owners: TypeOwner[] = [];
  for (const owner of types.owners()) {
    if (owner.btf.find('function', name) === undefined) continue;
    owners.push(owner);
    if (matches(owner.module)) break;
  }
  const [first, other] = owners;
  if (first === undefined || !matches(owners.at(-1)!.module)) throw missing(module, name, place, types);
  if (other !== undefined) {
    throw new ScriptProblem(
      place,
      `${first.module} has a function ${name}, too, and ${provider} finds it first`,
      'Choose a function whose name nothing else has.',
    );
  }
  return kernelFunction(provider, name, first, types);
}

function missing(module: string, name: string, place: AttachPoint['place'], types: TypeTable): MissingHook {
  const known = [...types.owners(module)].flatMap(({ btf }) =>
    [...btf.namesOf('function')].filter((each) => Math.abs(each.length - name.length) < 3),
  );
  const similar = nearest(name, known);
  const whose = module === '*' || module === kernelItself ? 'The kernel' : `Module ${module}`;
  return new MissingHook(
    place,
    `${whose} has no function ${name} that programs can be attached to`,
    similar === undefined ? 'It may be inlined: try a kprobe.' : `Did you mean "${similar}"?`,
  );
}

function kernelFunction(provider: FunctionProvider, name: string, { module, btf }: TypeOwner, types: TypeTable): Hook {
  const { parameters, result } = btf.prototypeOf(btf.find('function', name)!)!;
  return {
    provider,
    text: `${provider}:${module}:${name}`,
    section: `${provider}/${name}`,
    function: name,
    context: {
      kind: 'words',
      parameters: parameters.map((each): HookParameter => ({ name: each.name, type: types.ofKernel(each.type, btf) })),
      ...(provider === 'fexit' && { result: types.ofKernel(result, btf) }),
    },
  };
}
