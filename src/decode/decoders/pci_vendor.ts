import { pciDecoder } from '../names/pci_names.js';

/** The vendor of a PCI device in the host's pci.ids. */
export const pciVendor = pciDecoder(4, (digits) => digits);
