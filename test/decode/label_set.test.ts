import { describe, expect, it } from 'vitest';
import { bind, context, key } from './bound_metrics.js';

describe('the labels of a metric', () => {
  it('are decoded in the order of the file', () => {
    const [binding] = bind([
      {
        value: 'count',
        labels: {
          command: key('comm'),
          host: { constant: 'n1' },
          operation: key('op'),
          inner: key('deep[1].inner'),
          bits: key('second'),
          port: { from: 'key', field: 'dport', decode: [{ kind: 'port' }] },
          address: { from: 'key', field: 'address', decode: [{ kind: 'inet' }] },
        },
      },
    ]);
    const { labels } = binding!;
    const bytes = new Uint8Array(88);
    bytes.set(Buffer.from('bash'), 4);
    bytes[20] = 7;
    bytes.set([1, 0xbb], 32);
    bytes[51] = 1;
    bytes.set([0xfe, 0xff, 0xff, 0xff], 60);
    bytes[64] = 0b11110_000;
    expect(labels.names).toEqual(['command', 'host', 'operation', 'inner', 'bits', 'port', 'address']);
    expect(labels.decode(bytes)).toEqual(['bash', 'n1', 'FLUSH', '-2', '-2', '443', '::1']);
    expect(labels.overflow).toEqual(['other', 'n1', 'other', 'other', 'other', 'other', 'other']);
    expect(labels.usesValue).toBe(false);
    expect(labels.prepare()).toBeUndefined();
  });

  it('can come from the value of a map that is not per-CPU', () => {
    const labels = { sum: { from: 'value', field: 'latency.sum' } } as const;
    const [binding] = bind([{ map: 'ordinary_events', value: 'count', labels }]);
    const value = new Uint8Array(272);
    value[8] = 9;
    expect(binding!.labels.usesValue).toBe(true);
    expect(binding!.labels.decode(new Uint8Array(88), value)).toEqual(['9']);
  });

  it('drop a row by regex', () => {
    const decode = [{ kind: 'regex', action: 'drop', pattern: '^k', replace: '' }] as const;
    const [binding] = bind([{ value: 'count', labels: { command: { from: 'key', field: 'comm', decode } } }]);
    const bytes = new Uint8Array(88);
    bytes.set(Buffer.from('kworker'), 4);
    expect(binding!.labels.decode(bytes)).toBeUndefined();
  });

  it('that are dropped are not shown, but leave out what their regex does', () => {
    const decode = [{ kind: 'regex', action: 'drop', pattern: '^k', replace: '' }] as const;
    const command = { from: 'key', field: 'comm', decode, isDropped: true } as const;
    const [binding] = bind([{ value: 'count', labels: { command, host: { constant: 'n1' }, operation: key('op') } }]);
    const { labels } = binding!;
    expect(labels.names).toEqual(['host', 'operation']);
    expect(labels.overflow).toEqual(['n1', 'other']);
    const bytes = new Uint8Array(88);
    bytes.set(Buffer.from('bash'), 4);
    bytes[20] = 7;
    expect(labels.decode(bytes)).toEqual(['n1', 'FLUSH']);
    bytes.set(Buffer.from('kworker'), 4);
    expect(labels.decode(bytes)).toBeUndefined();
  });

  it('wait for tables that are too large to load while decoding', async () => {
    const labels = { function: { from: 'key', field: 'where', decode: [{ kind: 'ksym' }] } } as const;
    const [binding] = bind([{ value: 'count', labels }]);
    expect(binding!.labels.prepare()).toBeUndefined();
    binding!.labels.announce!(new Uint8Array(88));
    const pending = binding!.labels.prepare();
    expect(pending).toBeInstanceOf(Promise);
    await pending;
  });

  it('are decoded in microseconds', () => {
    const labels = { command: key('comm'), operation: key('op'), pid: key('pid') };
    const [binding] = bind([{ value: 'count', labels }]);
    const bytes = new Uint8Array(88);
    bytes.set(Buffer.from('prometheus'), 4);
    const rounds = 100_000;
    const started = performance.now();
    for (let i = 0; i < rounds; i++) {
      bytes[0] = i;
      binding!.labels.decode(bytes);
    }
    // A hundred times the usual duration: only a quadratic algorithm fails, not a busy machine.
    expect(((performance.now() - started) * 1000) / rounds).toBeLessThan(50);
  });

  const ksym = (from: 'key' | 'value', field: string) => ({ from, field, decode: [{ kind: 'ksym' }] }) as const;

  it('announce the field of the key and the field of the value', async () => {
    const labels = { caller: ksym('key', 'where'), callee: ksym('value', 'count'), command: key('comm') };
    const [binding] = bind([{ map: 'ordinary_events', value: 'count', labels }]);
    const [bytes, value] = [new Uint8Array(88), new Uint8Array(272)];
    bytes.set([8, 0, 0, 0x81, 0xff, 0xff, 0xff, 0xff], 72);
    value.set([8, 1, 0, 0x81, 0xff, 0xff, 0xff, 0xff]);
    context.write('proc/kallsyms', 'ffffffff81000000 T caller\nffffffff81000100 T callee\n');
    binding!.labels.announce!(bytes, value);
    const pending = binding!.labels.prepare();
    expect(pending).toBeInstanceOf(Promise);
    expect(await pending).toBeUndefined();
    expect(binding!.labels.decode(bytes, value)).toEqual(['caller', 'callee', '']);
    expect(binding!.labels.prepare()).toBeUndefined();
  });

  it('need no announcement when all tables are at hand', () => {
    const [binding] = bind([{ value: 'count', labels: { command: key('comm') } }]);
    expect(binding!.labels.announce).toBeUndefined();
    expect(binding!.labels.prepare()).toBeUndefined();
  });

  it('can all be constant', () => {
    const [binding] = bind([{ value: 'count', labels: { host: { constant: 'n1' }, empty: { constant: '' } } }]);
    expect(binding!.labels.decode(new Uint8Array(88))).toEqual(['n1', '']);
    expect(binding!.labels.overflow).toEqual(['n1', '']);
    expect(binding!.labels.usesValue).toBe(false);
  });
});
