import type { Frame } from '../stacks/profile.js';
import { OTHER } from './frame_name.js';

/** Frame objects whose number is kept. A source that shares none of its frames must not double the memory. */
const KEPT_OBJECTS = 200_000;

const otherFrame: Frame = { function: OTHER, module: '', offset: 0, isKernel: false };

/** Numbers frames from 0. Frames of one function of one module are one, whatever their offsets. */
export class FrameTable {
  /** By number. */
  readonly frames: Frame[] = [];
  readonly #byObject = new Map<Frame, number>();
  readonly #byContent = new Map<string, number>();

  /** The number of a frame that stands for all that are too many. */
  get other(): number {
    return this.numberOf(otherFrame);
  }

  numberOf(frame: Frame): number {
    const known = this.#byObject.get(frame);
    if (known !== undefined) return known;
    const { function: name, module, offset, isKernel } = frame;
    const content = `${isKernel}\0${module}\0${name === '' ? offset : ''}\0${name}`;
    let number = this.#byContent.get(content);
    if (number === undefined) {
      number = this.frames.push(frame) - 1;
      this.#byContent.set(content, number);
    }
    if (this.#byObject.size < KEPT_OBJECTS) this.#byObject.set(frame, number);
    return number;
  }
}
