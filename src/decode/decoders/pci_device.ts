import { pciDecoder } from '../names/pci_names.js';

/** The name of a PCI device in the host's pci.ids. The vendor is in the upper 16 bits: devices are numbered by vendor. */
export const pciDevice = pciDecoder(8, (digits) => `${digits.slice(0, -4)} ${digits.slice(-4)}`);
