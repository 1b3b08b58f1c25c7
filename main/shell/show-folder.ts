import { shell } from 'electron';

/** Opens a folder in the system's file manager. @param tell hears why it cannot be @returns whether it is shown */
export async function showFolder(folder: string, tell: (text: string) => void): Promise<boolean> {
  const problem = await shell.openPath(folder);
  if (problem !== '') tell(`The folder ${folder} could not be shown: ${problem}`);
  return problem === '';
}
