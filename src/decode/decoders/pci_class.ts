import { pciDecoder } from '../names/pci_names.js';

/** The base class of a PCI device in the host's pci.ids. */
export const pciClass = pciDecoder(2, (digits) => `C ${digits}`);
