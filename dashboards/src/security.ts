import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { lines, stat, table } from './panels/index.js';
import { increase, orZero, rate, topRate } from './query.js';

const gains = 'santabpf_privilege_gains_total';
const changes = 'santabpf_kernel_changes_total';
const refused = 'santabpf_refused_syscalls_total';

/** epoll_ctl refuses plain files to everybody, who go on without it. */
export const denied = ['errno=~"EACCES|EPERM"', 'syscall!="epoll_ctl"'];
const outOfNothing = 'way="without_exec"';

const noGains = 'Nobody became root, or the probe privileges is not up';
const noChanges = 'Nothing was loaded into the kernel, or the probe kernel_changes is not up';
const noDenials = 'No call was refused, or the probe syscalls is not up';

export const security: Dashboard = {
  uid: 'santabpf-security',
  title: 'Security',
  description: 'Who becomes root and how, who changes the kernel, and who may not do what they try.',
  sections: [
    {
      title: 'Now',
      bands: [
        band(
          5,
          [
            6,
            stat({
              title: 'Root out of nothing',
              description:
                'Processes that had the rights of root in the shown time and were given them by no program: a hole in the kernel. One is one too many.',
              expr: orZero('privileges', increase(gains, '', '$__range', outOfNothing)),
              unit: 'none',
              decimals: 0,
              steps: [[1, 'red']],
              noValue: 'The probe privileges is not up',
              runbooks: ['unexpected_privilege'],
            }),
          ],
          [
            6,
            stat({
              title: 'Became root',
              description:
                'Processes that got the rights of root in the shown time, sudo and su among them: the table below says who.',
              expr: orZero('privileges', increase(gains, '')),
              unit: 'none',
              decimals: 0,
              noValue: 'The probe privileges is not up',
              runbooks: ['unexpected_privilege'],
            }),
          ],
          [
            6,
            stat({
              title: 'Loaded into the kernel',
              description: 'Modules and BPF programs loaded in the shown time, but for those of the exporter itself.',
              expr: orZero('kernel_changes', increase(changes, '')),
              unit: 'none',
              decimals: 0,
              noValue: 'The probe kernel_changes is not up',
              runbooks: ['kernel_changed'],
            }),
          ],
          [
            6,
            stat({
              title: 'Refused calls',
              description: 'System calls per second that were refused for lack of rights (EACCES, EPERM).',
              expr: orZero('syscalls', rate(refused, '', ...denied)),
              unit: 'cps',
              steps: [[10, 'orange']],
              noValue: 'The probe syscalls is not up',
              runbooks: ['permission_storm'],
            }),
          ],
        ),
      ],
    },
    {
      title: 'Rights of root',
      bands: [
        band(
          9,
          [
            10,
            lines({
              title: 'Became root, by command',
              description: 'Processes in each interval that got the rights of root, by program and way.',
              queries: [{ expr: increase(gains, 'command, way', '$__rate_interval'), legend: '{{command}} {{way}}' }],
              unit: 'short',
              style: 'bars',
              noValue: noGains,
              runbooks: ['unexpected_privilege'],
            }),
          ],
          [
            14,
            table({
              title: 'Who became root',
              description:
                'In the shown time. setuid_file and file_capabilities: by executing a file that gives the rights; without_exec: by nothing that gives them. Logged in: who that is, whoever they became since; none for services.',
              labels: { command: 'Command', user: 'User', login: 'Logged in', way: 'Way', instance: 'Host' },
              columns: [
                {
                  title: 'Times',
                  expr: `topk(50, ${increase(gains, 'command, user, login, way, instance')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noGains,
              runbooks: ['unexpected_privilege'],
            }),
          ],
        ),
      ],
    },
    {
      title: 'Changes to the kernel',
      bands: [
        band(
          9,
          [
            10,
            lines({
              title: 'Loaded, by command',
              description: 'Modules and BPF programs loaded in each interval, by the command that did it.',
              queries: [
                { expr: increase(changes, 'command, kind', '$__rate_interval'), legend: '{{command}} {{kind}}' },
              ],
              unit: 'short',
              style: 'bars',
              noValue: noChanges,
              runbooks: ['kernel_changed'],
            }),
          ],
          [
            14,
            table({
              title: 'Who loaded what',
              description:
                'In the shown time. Type: of BPF programs. systemd and container runtimes load small ones with every service and container.',
              labels: {
                command: 'Command',
                login: 'Logged in',
                kind: 'Kind',
                type: 'Type',
                name: 'Name',
                instance: 'Host',
              },
              columns: [
                {
                  title: 'Times',
                  expr: `topk(50, ${increase(changes, 'command, login, kind, type, name, instance')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noChanges,
              runbooks: ['kernel_changed'],
            }),
          ],
        ),
      ],
    },
    {
      title: 'Refused for lack of rights',
      bands: [
        band(
          9,
          [
            10,
            lines({
              title: 'Refused calls by command and user',
              description:
                'The ten pairs of command and user refused most in the shown time. epoll_ctl is left out, which refuses plain files to everybody.',
              queries: [{ expr: topRate(refused, 'command, user', ...denied), legend: '{{command}} ({{user}})' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noDenials,
              runbooks: ['permission_storm'],
            }),
          ],
          [
            14,
            table({
              title: 'Who may not do what',
              description:
                'Refused calls in the shown time. A name that nobody knows, or find and grep: somebody looks around.',
              labels: { command: 'Command', user: 'User', syscall: 'Call', errno: 'Error', instance: 'Host' },
              columns: [
                {
                  title: 'Refused',
                  expr: `topk(50, ${increase(refused, 'command, user, syscall, errno, instance', '$__range', ...denied)} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noDenials,
              runbooks: ['permission_storm'],
            }),
          ],
        ),
      ],
    },
  ],
};
