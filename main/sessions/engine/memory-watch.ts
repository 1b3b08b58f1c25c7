import { MUCH_MEMORY } from '../../contracts/processes.ts';

/** Told again when it has been well below that. */
const LITTLE = 0.6;

/** The resident memory of one engine process, against what it may use. */
export class MemoryWatch {
  #told = false;

  /** @returns much: for the first time since it was little; over: it has more than it may */
  look(rssBytes: number, limitMb: number): 'fine' | 'much' | 'over' {
    const share = rssBytes / (limitMb * 1e6);
    if (share > 1) return 'over';
    if (share < LITTLE) this.#told = false;
    if (share <= MUCH_MEMORY || this.#told) return 'fine';
    this.#told = true;
    return 'much';
  }
}
