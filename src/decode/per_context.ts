import type { DecodeContext } from './context.js';

/** Makes something once per context and shares it between all metrics of all probes. */
export function perContext<T>(make: (context: DecodeContext) => T): (context: DecodeContext) => T {
  const made = new WeakMap<DecodeContext, T>();
  return (context) => {
    let value = made.get(context);
    if (value === undefined) {
      value = make(context);
      made.set(context, value);
    }
    return value;
  };
}
