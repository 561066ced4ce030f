/** Functions that programs call, the same in every object that needs them. */
import type { IrFunction, Operand, Register } from '../ir/program.js';
import { findMember, type RecordType } from '../resolve/c_type.js';
import { isAtLeast, type KernelTypes } from '../resolve/kernel_types.js';
import type { TypeTable } from '../resolve/type_table.js';
import { constant, FunctionBuilder, helpers } from './function_builder.js';

const shares = 256;
const mix = 0x9e37_79b9_7f4a_7c15n;
const nestedSpaces = 32;

/** `may_add_key(newcomers)`: the same as in bpf/include/newcomers.h, with this kernel's offsets. */
export function mayAddKey(types: TypeTable, kernel: KernelTypes): IrFunction {
  const builder = new FunctionBuilder();
  const newcomers = builder.register();
  const index = builder.slot(8)!;
  const yes = builder.block();
  const no = builder.block();
  builder.store(index, constant(0));
  const all = builder.helper(helpers.lookUp, newcomers, builder.addressOf(index));
  builder.unlessZero(all, yes);
  const scrape = builder.load({ base: all, offset: 0 }, 4);
  builder.unlessZero(scrape, yes);
  builder.store(index, builder.operate('add', shareOf(builder, types, kernel), constant(1)));
  const share = builder.helper(helpers.lookUp, newcomers, builder.addressOf(index));
  builder.unlessZero(share, yes);
  const [outdated, current, allowed] = [builder.block(), builder.block(), builder.block()];
  builder.branch('unequal', builder.load({ base: share, offset: 0 }, 4), scrape, outdated, current);
  builder.continueIn(outdated);
  builder.store({ base: share, offset: 4 }, constant(0), 4);
  builder.store({ base: share, offset: 0 }, scrape, 4);
  builder.jump(current);
  builder.continueIn(current);
  const added = builder.load({ base: share, offset: 4 }, 4, true);
  const left = builder.load({ base: all, offset: 4 }, 4, true);
  builder.branch('signedAtLeast', added, left, no, allowed);
  builder.continueIn(allowed);
  builder.emit({ kind: 'addAtomically', base: share, offset: 4, width: 4, value: constant(1) });
  builder.emit({ kind: 'addAtomically', base: all, offset: 4, width: 4, value: constant(0xffff_ffff_ffff_ffffn) });
  builder.jump(yes);
  builder.continueIn(yes);
  builder.end({ kind: 'return', value: constant(1) });
  builder.continueIn(no);
  builder.end({ kind: 'return', value: constant(0) });
  return builder.finish('may_add_key', undefined, [newcomers]);
}

/** A number below 256 of the current user in a service, container or session. */
function shareOf(builder: FunctionBuilder, types: TypeTable, kernel: KernelTypes): Operand {
  const user = responsibleUser(builder, types);
  const service = isAtLeast(kernel, 5, 15) ? serviceOrContainer(builder) : constant(0);
  const both = builder.operate('xor', builder.operate('shiftLeft', service, constant(32)), user);
  return builder.operate(
    'and',
    builder.operate('shiftRight', builder.operate('mul', both, constant(mix)), constant(56)),
    constant(shares - 1),
  );
}

function serviceOrContainer(builder: FunctionBuilder): Register {
  const cgroup = builder.register();
  const [own, end] = [builder.block(), builder.block()];
  builder.set(cgroup, builder.helper(helpers.ancestorCgroup, constant(3)));
  builder.branch('equal', cgroup, constant(0), own, end);
  builder.continueIn(own);
  builder.set(cgroup, builder.helper(helpers.cgroup));
  builder.jump(end);
  builder.continueIn(end);
  return cgroup;
}

/** In a user namespace, the user who made the outermost one. Without BTF, the user as the kernel numbers it. */
function responsibleUser(builder: FunctionBuilder, types: TypeTable): Register {
  const user = builder.register();
  const end = builder.block();
  builder.set(user, builder.extend(builder.helper(helpers.userAndGroup), 4, false));
  const credentials = offsetIn(types, 'task_struct', 'real_cred');
  const namespace = offsetIn(types, 'cred', 'user_ns');
  const [level, parent, owner] = ['level', 'parent', 'owner'].map((name) => offsetIn(types, 'user_namespace', name));
  if (
    credentials === undefined ||
    namespace === undefined ||
    level === undefined ||
    parent === undefined ||
    owner === undefined
  ) {
    builder.jump(end);
    builder.continueIn(end);
    return user;
  }
  const place = builder.slot(8)!;
  const read = (address: Operand, offset: number, width: 4 | 8): Register => {
    builder.store(place, constant(0));
    const from = builder.operate('add', address, constant(offset));
    builder.helper(helpers.readKernel, builder.addressOf(place), constant(width), from);
    return builder.load(place, width);
  };
  const space = builder.register();
  const task = builder.helper(helpers.task);
  builder.set(space, read(read(task, credentials, 8), namespace, 8));
  const [count, inside, check, climb, outermost] = [
    builder.register(),
    builder.block(),
    builder.block(),
    builder.block(),
    builder.block(),
  ];
  builder.branch('equal', read(space, level, 4), constant(0), end, inside);
  builder.continueIn(inside);
  builder.set(count, constant(0));
  builder.jump(check);
  builder.continueIn(check);
  const bounded = builder.block();
  builder.branch('below', count, constant(nestedSpaces), bounded, outermost);
  builder.continueIn(bounded);
  builder.branch('above', read(space, level, 4), constant(1), climb, outermost);
  builder.continueIn(climb);
  builder.set(space, read(space, parent, 8));
  builder.set(count, builder.operate('add', count, constant(1)));
  builder.jump(check);
  builder.continueIn(outermost);
  builder.set(user, read(space, owner, 4));
  builder.jump(end);
  builder.continueIn(end);
  return user;
}

function offsetIn(types: TypeTable, struct: string, field: string): number | undefined {
  const type = types.named(`struct ${struct}`);
  return type?.kind === 'record' ? findMember(type as RecordType, field)?.offset : undefined;
}
