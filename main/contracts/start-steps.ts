/** What a console does, in this order, before it serves a screen: as the window shows it meanwhile. */
export const START_STEPS = ['Starting the database', 'Checking the schema of the database', 'Taking up the sessions'] as const;

/** As the start page has it in its URL's fragment: the number of the step, from 1. */
export type StartStep = 1 | 2 | 3;

/** The sentence for a step; null for what is none. */
export function startText(step: number): string | null {
  const text = START_STEPS[step - 1];
  return text === undefined ? null : `${text}, ${step} of ${START_STEPS.length}`;
}
