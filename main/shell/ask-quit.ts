import { dialog } from 'electron';

/** Asks before sessions are logged out by a slip of the hand. @returns whether to quit */
export function askQuit(loggedOn: number): boolean {
  if (loggedOn === 0) return true;
  const lps = loggedOn === 1 ? '1 LP is' : `${loggedOn} LPs are`;
  const answer = dialog.showMessageBoxSync({
    type: 'warning',
    title: 'Quit the VFXLP console',
    message: `${lps} logged on here. Quitting logs every one of them out.`,
    detail: 'A Logout by itself cancels no orders. They log on again when the console is started again.',
    buttons: ['Stay', 'Log out and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return answer === 1;
}
