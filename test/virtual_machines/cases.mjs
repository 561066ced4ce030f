import { filesCases } from './cases/files.mjs';
import { memoryCases } from './cases/memory.mjs';
import { networkCases } from './cases/network.mjs';
import { processesCases } from './cases/processes.mjs';
import { securityCases } from './cases/security.mjs';
import { systemCallsCases } from './cases/system_calls.mjs';

/** Every case, by area. */
export const cases = [
  ...systemCallsCases,
  ...processesCases,
  ...filesCases,
  ...memoryCases,
  ...networkCases,
  ...securityCases,
];
