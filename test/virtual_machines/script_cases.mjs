/**
 * Scripts of one probe each, and how much each counts of what scripts.mjs does. Work has the command name COMM; WORKLOAD is the path of
 * its program.
 *
 * @typedef {object} ScriptCase
 * @property {string} title first cell of its row in docs/kernels.md
 * @property {string} script
 * @property {string} [metric] what follows the probe's name; `total` by default
 * @property {number} count
 * @property {string} [since] first Linux that can run it
 */

/** How much work scripts.mjs does. */
export const works = { calls: 150, opens: 40, reads: 60, readBytes: 300, ends: 3 };

const bytes = works.reads * works.readBytes;

/** @type {readonly ScriptCase[]} */
export const scriptCases = [
  counted('`tracepoint`', 'tracepoint:syscalls:sys_enter_getppid /comm == "COMM"/ { @ = count(); }', works.calls),
  counted(
    '`tracepoint`, fields',
    'tracepoint:syscalls:sys_exit_read /comm == "COMM"/ { @[comm] = sum(args.ret); }',
    bytes,
  ),
  counted(
    '`tracepoint`, a text of the process as key',
    'tracepoint:syscalls:sys_enter_openat /comm == "COMM"/ { @[str(args.filename)] = count(); }',
    works.opens,
  ),
  counted(
    '`rawtracepoint`',
    'rawtracepoint:sys_exit /comm == "COMM" && args.ret > 0/ { @ = sum(args.ret == 300); }',
    works.reads,
  ),
  counted('`kprobe`', 'kprobe:__x64_sys_getppid /comm == "COMM"/ { @ = count(); }', works.calls),
  counted('`kprobe`, arguments', 'kprobe:vfs_read /comm == "COMM"/ { @ = sum(arg2); }', bytes),
  counted(
    '`kprobe`, fields of structs',
    'kprobe:vfs_open /comm == "COMM"/ { @[str(((struct path *)arg0)->dentry->d_name.name)] = count(); }',
    works.opens,
  ),
  {
    ...counted(
      '`kprobe`, wildcard',
      'kprobe:vfs_rea*, kprobe:vfs_writ* /comm == "COMM"/ { @ = count(); }',
      works.reads,
    ),
    // It is a kprobe.multi, which Debian's 6.1 is built without.
    since: '6.12',
  },
  counted('`kretprobe`', 'kretprobe:vfs_read /comm == "COMM"/ { @ = sum(retval); }', bytes),
  histogram(
    '`kprobe` and `kretprobe`, times',
    'kprobe:vfs_read /comm == "COMM"/ { @start[tid] = nsecs; } kretprobe:vfs_read /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start, tid); }',
    'ns_count',
    works.reads,
  ),
  counted('`fentry`', 'fentry:vfs_read /comm == "COMM"/ { @ = sum(args.count); }', bytes),
  counted('`fexit`', 'fexit:vfs_read /comm == "COMM"/ { @ = sum(retval); }', bytes),
  counted('`uprobe`', 'uprobe:WORKLOAD:end /comm == "COMM"/ { @ = count(); }', works.ends),
  histogram('`hist`', 'kretprobe:vfs_read /comm == "COMM"/ { @ = hist(retval); }', 'count', works.reads),
  histogram(
    '`lhist`',
    'kretprobe:vfs_read /comm == "COMM"/ { @ = lhist(retval, 0, 2000, 200); }',
    'count',
    works.reads,
  ),
  counted(
    'a loop',
    'rawtracepoint:sys_enter /comm == "COMM" && args.id == 110/ { $i = 0; while ($i < 4) { $i++; @ = count(); } }',
    4 * works.calls,
  ),
  counted(
    'what a script prints',
    'tracepoint:syscalls:sys_enter_openat /comm == "COMM"/ { @[comm, pid] = count(); printf("%s", comm); }',
    works.opens,
  ),
  { ...histogram('`begin`', 'begin { @ = 7; }', '', 7), since: '5.14' },
];

/** @param {string} title @param {string} script @param {number} count @returns {ScriptCase} */
function counted(title, script, count) {
  return { title, script, count };
}

/** @param {string} title @param {string} script @param {string} metric @param {number} count @returns {ScriptCase} */
function histogram(title, script, metric, count) {
  return { title, script, metric, count };
}
