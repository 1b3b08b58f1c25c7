import { useCallback, useEffect, useState } from 'react';
import type { Args, RequestChannel, Value } from '../../main/contracts/ipc.ts';
import type { Result } from '../../main/contracts/result.ts';
import { useConsole, useSelect } from './console-context.tsx';

interface Asked<T> {
  /** The last answer; null before the first. */
  readonly answer: Result<T> | null;
  /** Asks again. */
  read(): void;
  setAnswer(answer: Result<T>): void;
}

/**
 * What the console answers: asked when it is there, when it is there again, and whenever the question changes.
 *
 * @param told asks again when this changes
 */
export function useAnswer<C extends RequestChannel>(channel: C, args: Args<C>, told = ''): Asked<Value<C>> {
  const { link } = useConsole();
  const live = useSelect((state) => state.connection.kind === 'live');
  const [answer, setAnswer] = useState<Result<Value<C>> | null>(null);
  // Arguments are made anew with each rendering, and the same to the letter.
  const question = JSON.stringify(args);
  const read = useCallback(() => {
    void link.request(channel, JSON.parse(question) as Args<C>).then(setAnswer);
  }, [link, channel, question]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `told` is not read, its change is what counts
  useEffect(() => {
    if (live) read();
  }, [live, read, told]);
  return { answer, read, setAnswer };
}
