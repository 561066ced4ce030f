/** A script that the verifier refuses: the fault names the line. */
import { afterEach, describe, expect, test } from 'vitest';
import { isNativeError } from '../../src/kernel/addon.js';
import { inspectHost } from '../../src/kernel/host.js';
import { explainLoadFailure } from '../../src/kernel/rejection.js';
import { needs } from '../harness/requirements.js';
import { closeScripts, started } from '../harness/running_script.js';

afterEach(closeScripts);

describe('a script that the verifier refuses', needs({ root: true, bpf: true }), () => {
  test('is blamed at its line', async () => {
    const text = `rawtracepoint:sys_enter {
      @a[comm] = count();
      while (1) { @n++; }
    }`;
    const error: unknown = await started(text).catch((reason) => reason);
    if (!isNativeError(error)) throw new Error(`It was not refused: ${error}`);
    const { message } = explainLoadFailure(error, 'x', inspectHost({ proc: '/proc', sys: '/sys' }));
    expect(message).toMatch(
      /rejects program "rawtracepoint_sys_enter" \(EINVAL\) at (x\.bt:3, )?`while \(1\) \{ @n\+\+; \}`:\n[\s\S]*infinite loop detected/,
    );
  });
});
