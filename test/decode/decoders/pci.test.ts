import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../../src/config/probe_schema.js';
import { Decoding, le } from '../decoding.js';
import { u16, u32 } from '../field_layouts.js';

const decoding = new Decoding();
const list = `# a comment
8086  Intel Corporation
\t1533  I210 Gigabit Network Connection
\t\t8086 0001  Ethernet Server Adapter I210-T1
\t1234  bell\u0007
10de  NVIDIA Corporation
\t1533  Not I210
C 02  Network controller
\t00  Ethernet controller
\t\t01  An interface
C 03  Display controller
\t00  VGA compatible controller
`;

async function name(number: number, kind: DecoderSpec['kind'], layout = u32) {
  const chain = decoding.compile(layout, [kind]);
  const bytes = le(number, layout.size);
  chain.announce!(bytes);
  await chain.prepare!();
  return chain.decode(bytes);
}

describe.each(['usr/share/misc/pci.ids', 'usr/share/hwdata/pci.ids'])('PCI names of %s', (file) => {
  it.each<[DecoderSpec['kind'], number, string]>([
    ['pci_vendor', 0x8086, 'Intel Corporation'],
    ['pci_vendor', 0x8087, '0x8087'],
    ['pci_vendor', 0x80868086, '0x80868086'],
    ['pci_device', 0x80861533, 'I210 Gigabit Network Connection'],
    ['pci_device', 0x10de1533, 'Not I210'],
    ['pci_device', 0x80861234, 'bell\\x07'],
    ['pci_device', 0x00000001, '0x00000001'],
    ['pci_class', 0x02, 'Network controller'],
    ['pci_class', 0x04, '0x04'],
    ['pci_class', 0x8086, '0x8086'],
    ['pci_subclass', 0x0200, 'Ethernet controller'],
    ['pci_subclass', 0x0300, 'VGA compatible controller'],
    ['pci_subclass', 0x0201, '0x0201'],
  ])('%s of 0x%x', async (kind, number, text) => {
    decoding.context.write(file, list);
    expect(await name(number, kind)).toBe(text);
  });
});

describe('PCI names', () => {
  it('are hexadecimal without the list', async () => {
    expect(await name(0x8086, 'pci_vendor', u16)).toBe('0x8086');
  });

  it('are looked up once', async () => {
    decoding.context.write('usr/share/misc/pci.ids', list);
    expect(await name(0x8086, 'pci_vendor')).toBe('Intel Corporation');
    const chain = decoding.compile(u32, ['pci_vendor']);
    chain.announce!(le(0x8086, 4));
    expect(chain.prepare!()).toBeUndefined();
  });
});
