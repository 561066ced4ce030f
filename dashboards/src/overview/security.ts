import { column } from '../panels/index.js';
import { increase, who, whose } from '../query.js';
import { gains, noGains } from '../security/privileges.js';
import { kernelLoads, permissionDenials, rootWithoutExec } from '../security/summary.js';
import { area } from './area.js';

export const securityArea = area({
  title: 'Security',
  details: 'santabpf-security',
  numbers: [rootWithoutExec, kernelLoads, permissionDenials],
  top: {
    title: `Top ${whose} that gained root`,
    description: `The five ${whose} with the most gains of root rights in the time range, sudo and su included.`,
    labels: ['identity', 'user', 'instance'],
    columns: [column.count('Count', `topk(5, ${increase(gains, `${who}, user, instance`)} > 0)`)],
    nothing: noGains,
  },
});
