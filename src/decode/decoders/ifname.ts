import { integerDecoder } from '../decoder.js';
import { interfaceNames } from '../names/interface_names.js';

/** The name of a network interface in the exporter's network namespace; decimal digits for an unknown index. */
export const ifname = integerDecoder('an integer', (context) => {
  const names = interfaceNames(context);
  return (integer) => names.nameOf(Number(integer));
});
