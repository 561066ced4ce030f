/** Slots of a histogram. More are a mistake. */
export const slotLimit = 4096;
