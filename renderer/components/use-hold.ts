import { useCallback, useEffect, useRef, useState } from 'react';

/** How long the operator holds before a kill, ms. */
export const HOLD_MS = 1_000;

export interface Hold {
  readonly holding: boolean;
  start(): void;
  cancel(): void;
}

/** Calls `done` once after it has been held for HOLD_MS without a break; letting go, or the window losing the focus, takes it back. */
export function useHold(done: () => void): Hold {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(done);
  latest.current = done;

  const cancel = useCallback(() => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHolding(false);
  }, []);

  const start = useCallback(() => {
    if (timer.current !== null) return;
    setHolding(true);
    timer.current = setTimeout(() => {
      cancel();
      latest.current();
    }, HOLD_MS);
  }, [cancel]);

  useEffect(() => {
    window.addEventListener('blur', cancel);
    return () => {
      window.removeEventListener('blur', cancel);
      cancel();
    };
  }, [cancel]);

  return { holding, start, cancel };
}
