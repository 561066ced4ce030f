import { execFileSync } from 'node:child_process';
import { mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeServicePort } from '../../../scenarios/service.mjs';

/** Writes per second of the disk: a small array of rotating disks, or a volume of a cloud. */
const writesPerSecond = 400;
/** About 750 MB. */
const scale = 50;
const transactionsPerSecond = 60;

const settings = `listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 1GB
checkpoint_timeout = 2min
checkpoint_completion_target = 0.2
max_wal_size = 4GB
`;

/** @type {import('../record.mjs').Load} */
export default {
  story: `PostgreSQL with ${transactionsPerSecond} durable transactions a second on a disk of ${writesPerSecond} writes a second, and a checkpoint every two minutes`,
  async begin(workspace) {
    const disk = slowDisk(workspace);
    const data = join(disk.folder, 'data');
    const programs = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
    const port = await freeServicePort(5432);
    /** @param {string} program @param {...string} words */
    const run = (program, ...words) =>
      execFileSync('runuser', ['-u', 'postgres', '--', join(programs, program), ...words], {
        cwd: disk.folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    const client = ['-h', '127.0.0.1', '-p', `${port}`];
    run('initdb', '--auth=trust', '-D', data);
    writeFileSync(join(data, 'postgresql.conf'), `${settings}port = ${port}\n`);
    run('pg_ctl', 'start', '-w', '-D', data, '-l', join(disk.folder, 'log'));
    workspace.cleanUp(() => run('pg_ctl', 'stop', '-w', '-m', 'immediate', '-D', data));
    run('createdb', ...client, 'bank');
    run('pgbench', ...client, '--initialize', '--quiet', `--scale=${scale}`, 'bank');
    run('psql', ...client, '-c', 'CHECKPOINT', 'bank');
    const pid = execFileSync('head', ['-n1', join(data, 'postmaster.pid')], { encoding: 'utf8' }).trim();
    disk.slowDown(Number(pid));
    const load = ['--client=8', `--rate=${transactionsPerSecond}`, '--time=86400', 'bank'];
    workspace.run('runuser', ['-u', 'postgres', '--', join(programs, 'pgbench'), ...client, ...load]);
  },
};

/**
 * A loop device with a file system. The block throttling of cgroups (version 1) holds back its writes to the disk below, so that its requests queue as on
 * a slow disk, while those of the disk below do not.
 *
 * @param {import('../../../scenarios/workspace.mjs').Workspace} workspace
 */
function slowDisk(workspace) {
  const image = join(workspace.folder, 'image');
  execFileSync('fallocate', ['-l', '6G', image]);
  const words = ['--find', '--show', '--direct-io=on', image];
  const device = execFileSync('losetup', words, { encoding: 'utf8' }).trim();
  workspace.cleanUp(() => execFileSync('losetup', ['--detach', device]));
  const folder = join(workspace.folder, 'database');
  mkdirSync(folder);
  execFileSync('mkfs.ext4', ['-q', device]);
  execFileSync('mount', [device, folder]);
  workspace.cleanUp(() => execFileSync('umount', [folder]));
  execFileSync('chown', ['postgres', folder]);
  const group = '/sys/fs/cgroup/blkio/slow-disk';
  mkdirSync(group, { recursive: true });
  workspace.cleanUp(() => rmdirSync(group));
  const { dev } = statSync(workspace.folder);
  const below = `${dev >> 8}:${dev & 255}`;
  return {
    folder,
    /** @param {number} pid the leader of all that write */
    slowDown(pid) {
      writeFileSync(join(group, 'blkio.throttle.write_iops_device'), `${below} ${writesPerSecond}`);
      const children = execFileSync('ps', ['-o', 'pid=', '--ppid', `${pid}`], { encoding: 'utf8' });
      for (const one of [pid, ...children.trim().split(/\s+/)]) writeFileSync(join(group, 'cgroup.procs'), `${one}`);
    },
  };
}
