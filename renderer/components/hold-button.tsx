import type { CSSProperties, ReactNode } from 'react';
import { HOLD_MS, type Hold } from './use-hold.ts';

/** Pressed for one second, by pointer or by Enter or Space, it does what it says; a click does nothing. `why` it cannot now, else null. */
export function HoldButton({
  hold,
  why,
  children,
}: {
  readonly hold: Hold;
  readonly why: string | null;
  readonly children: ReactNode;
}) {
  const isPress = (key: string): boolean => key === 'Enter' || key === ' ';
  return (
    <button
      type="button"
      className="hold-button"
      disabled={why !== null}
      title={why ?? undefined}
      data-holding={hold.holding}
      style={{ '--hold-time': `${HOLD_MS}ms` } as CSSProperties}
      onPointerDown={(event) => {
        if (event.button === 0) hold.start();
      }}
      onPointerUp={hold.cancel}
      onPointerLeave={hold.cancel}
      onKeyDown={(event) => {
        if (!isPress(event.key)) return;
        event.preventDefault();
        hold.start();
      }}
      onKeyUp={(event) => {
        if (isPress(event.key)) hold.cancel();
      }}
      onBlur={hold.cancel}
    >
      <span className="hold-fill" aria-hidden="true" />
      <span className="hold-text">{children}</span>
    </button>
  );
}
