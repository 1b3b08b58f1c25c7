import { ask } from './ask.ts';

/** Asks before sessions are logged out by a slip of the hand. Main goes on meanwhile. @returns whether to quit */
export async function askQuit(loggedOn: number): Promise<boolean> {
  if (loggedOn === 0) return true;
  const lps = loggedOn === 1 ? '1 LP is' : `${loggedOn} LPs are`;
  const { response } = await ask({
    type: 'warning',
    title: 'Quit the VFXLP console',
    message: `${lps} logged on here. Quitting logs every one of them out.`,
    detail: 'A Logout by itself cancels no orders. They log on again when the console is started again.',
    buttons: ['Stay', 'Log out and quit'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}
