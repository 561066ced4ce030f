import { listed, phrase } from '../notification.js';
import { define, record } from '../rule.js';
import { capitalized } from '../text.js';

export const budget = define({ SantaOverBudget: {}, SantaProbeExpensive: {}, SantaProbeSuspended: {} }, (given) => {
  const { identity, rate } = given;
  const whole = `instance:santabpf_cost_seconds:rate${rate}`;
  const ofProbe = `instance_probe:santabpf_cost_seconds:rate${rate}`;
  const ofHost = 'job=%q,instance=%q';
  const kernelTime = `sum by (job, instance, ${identity.list}) (rate(santabpf_profile_samples_total{${ofHost},mode="kernel"}[${rate}])) / 99`;
  const cpuTime = `instance_${identity.level()}:santabpf_cpu_seconds:rate${rate}{${ofHost}}`;
  const causes = [
    listed(
      'Most frequent system calls:',
      `sort_desc(topk(3, sum by (syscall) (rate(santabpf_syscalls_total{${ofHost}}[${rate}])) >= 1))`,
      '- {{ .Labels.syscall }}: {{ printf "%.0f" .Value }} per second',
    ),
    listed(
      `${capitalized(identity.nouns)} with the most CPU time in the kernel, whose calls are the likely cause (no metric counts calls by ${identity.noun}):`,
      `sort_desc(topk(3, 100 * (${kernelTime} or on (job, instance) ${cpuTime}) >= 1))`,
      `- ${identity.who('.Labels')}: {{ printf "%.0f%%" .Value }} of a CPU`,
    ),
  ];
  return [
    record(
      ofProbe,
      `sum without (program) (rate(santabpf_program_run_seconds_total[${rate}]) + rate(santabpf_program_entry_seconds_total[${rate}]))`,
      'CPUs used by the programs of a probe, and by the kernel to reach them.',
    ),
    record(whole, `rate(santabpf_cost_seconds_total[${rate}])`, 'The same of all probes, and the process.'),
    {
      alert: 'SantaOverBudget',
      why: "The exporter's own setting `budget`: by default 3 % of one CPU.",
      expr: `${whole} > santabpf_budget_ratio`,
      scenario: 'watcher_expensive',
      dashboard: 'exporter',
      summary: 'The exporter is over its CPU budget on {{ $labels.instance }}',
      description: [
        `The exporter and its probes cost {{ $value | humanizePercentage }} of one CPU on {{ $labels.instance }}${phrase(`100 * santabpf_budget_ratio{${ofHost}}`, '; the budget is {{ printf "%.3g%%" .Value }}')}. Most expensive:`,
        phrase(
          `sort_desc(topk(5, 100 * ${ofProbe}{${ofHost}} >= 0.1))`,
          '\n- probe {{ .Labels.probe }}: {{ printf "%.1f%%" .Value }}',
        ),
        phrase(
          `100 * rate(process_cpu_seconds_total{${ofHost}}[${rate}]) >= 0.1`,
          '\n- its own process, which serves scrapes: {{ printf "%.1f%%" .Value }}',
        ),
        ...causes,
      ],
    },
    {
      alert: 'SantaProbeExpensive',
      why: "The probe's own setting `budget`; there is none by default.",
      expr: `${ofProbe} > santabpf_probe_budget_ratio`,
      scenario: 'watcher_expensive',
      dashboard: 'exporter',
      summary: 'Probe {{ $labels.probe }} is over its CPU budget on {{ $labels.instance }}',
      description: [
        `Probe {{ $labels.probe }} costs {{ $value | humanizePercentage }} of one CPU on {{ $labels.instance }}${phrase(`100 * santabpf_probe_budget_ratio{${ofHost},probe=%q}`, '; its budget is {{ printf "%.3g%%" .Value }}')}.`,
        ...causes,
      ],
    },
    {
      alert: 'SantaProbeSuspended',
      why: 'It happens only with `action: suspend`. A suspended probe is tried again every ten minutes.',
      expr: 'max without (state) (santabpf_probe_state{state="suspended"}) == 1',
      scenario: 'watcher_expensive',
      dashboard: 'exporter',
      summary: 'Probe {{ $labels.probe }} is suspended on {{ $labels.instance }}',
      description: [
        'Probe {{ $labels.probe }} is switched off for ten minutes on {{ $labels.instance }}, because it cost more CPU than the budget. Its alerts cannot fire. The landing page shows what it cost, and when it is tried again.',
        ...causes,
      ],
    },
  ];
});
