import type { Application } from './engine.ts';

/** An application that sends every message back: same MsgType, same body. For conformance suites. */
export const reflect: Application = (message, shell, now) => {
  // Refused only when it cannot go out now (logging out, outbound blocked): there is nobody here to tell.
  shell.session.sendBodyOf(message, now);
  return null;
};
