import { RUNS_OF_UNSEEN } from '../base/unseen.ts';

/** One line that reads as it is stored: what cannot be seen, or turns what is around it, becomes one space. */
export function plainText(text: string): string {
  return text.replace(RUNS_OF_UNSEEN, ' ').replace(/ {2,}/g, ' ').trim();
}
