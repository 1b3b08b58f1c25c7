import { ask } from './ask.ts';

const REASON = 'Killed from the menu of the desktop';

/**
 * The kill switch of the application itself, for a window that does not answer. Asks once; main goes on meanwhile.
 *
 * @param kill kills every LP that runs here, for this reason; resolves to what there is to say, in words
 */
export async function killAllByMenu(kill: (reason: string) => Promise<string>): Promise<void> {
  const { response, checkboxChecked } = await ask({
    type: 'warning',
    title: 'Kill all LPs',
    message: 'Every LP of this console is logged out, its processes are ended, and it stays out until it is re-armed.',
    detail: 'A Logout by itself cancels no orders.',
    checkboxLabel: 'I mean all of them',
    buttons: ['Cancel', 'Kill all'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response !== 1) return;
  const message = checkboxChecked ? await kill(REASON) : 'Nothing was killed: “I mean all of them” was not ticked.';
  await ask({ type: 'info', title: 'Kill all LPs', message, buttons: ['OK'] });
}
