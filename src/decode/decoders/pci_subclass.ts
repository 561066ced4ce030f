import { pciDecoder } from '../names/pci_names.js';

/** The subclass of a PCI device in the host's pci.ids. The base class is in the upper byte. */
export const pciSubclass = pciDecoder(4, (digits) => `C ${digits.slice(0, -2)} ${digits.slice(-2)}`);
