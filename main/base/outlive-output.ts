/** Nobody reads any more what this process prints: its terminal was closed, or what kept its log has ended. No session ends for that. */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
