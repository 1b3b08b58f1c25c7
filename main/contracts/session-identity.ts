/** What a FIX session is known by beside its BeginString: host, port and the row's name are no part of it. */
interface CompIds {
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly session: { readonly senderSubId: string | null; readonly targetSubId: string | null };
}

/** The CompIDs and SubIDs of a session as one text: the same for the same session, another for any other, whatever characters they have. */
export function compIdsOf({ senderCompId, targetCompId, session }: CompIds): string {
  return JSON.stringify([senderCompId, session.senderSubId ?? '', targetCompId, session.targetSubId ?? '']);
}
