/**
 * What a kill writes, for all LPs of an incident in one statement: latch, status 0 with its event, and that they are to be inactive. Answers the LPs
 * that it has written. A row that somebody has locked is left out, as is one that is not there: the others do not wait for it. `at` null: the
 * status is 0 already. The latch of an incident that was taken off is not set again; one that is replaced counts as taken off.
 */
export const killRows = `
UPDATE "vfx_LPProviderConfig" SET rearmed_incident = array_remove(rearmed_incident, NULL) WHERE array_position(rearmed_incident, NULL) IS NOT NULL;
ALTER TABLE "vfx_LPProviderConfig" ADD CONSTRAINT rearmed_incident_names_incidents CHECK (array_position(rearmed_incident, NULL) IS NULL);

CREATE FUNCTION vfxlp_kill(kills json) RETURNS SETOF text LANGUAGE sql AS $$
  WITH locked AS MATERIALIZED (
    SELECT k.* FROM json_to_recordset(kills) AS k(lp text, incident text, killed_by text, why text, killed_at timestamptz, reason jsonb, at timestamptz,
                                                  next_in bigint, next_out bigint, event_id uuid, subject text, event json)
      JOIN "vfx_LPProviderConfig" p ON p."Provider" = k.lp ORDER BY k.lp FOR NO KEY UPDATE OF p SKIP LOCKED
  ), killed AS (
    UPDATE "vfx_LPProviderConfig" p
       SET desired = 'inactive',
           rearmed_incident = CASE WHEN k.incident <> ALL (p.rearmed_incident) AND p.kill_incident <> k.incident
                                   THEN p.rearmed_incident || p.kill_incident ELSE p.rearmed_incident END,
           kill_incident = CASE WHEN k.incident <> ALL (p.rearmed_incident) THEN k.incident ELSE p.kill_incident END,
           kill_by = CASE WHEN k.incident <> ALL (p.rearmed_incident) THEN k.killed_by ELSE p.kill_by END,
           kill_reason = CASE WHEN k.incident <> ALL (p.rearmed_incident) THEN k.why ELSE p.kill_reason END,
           kill_at = CASE WHEN k.incident <> ALL (p.rearmed_incident) THEN k.killed_at ELSE p.kill_at END,
           status = CASE WHEN k.at IS NULL THEN p.status ELSE 0 END,
           status_reason = CASE WHEN k.at IS NULL THEN p.status_reason ELSE k.reason END,
           status_at = coalesce(k.at, p.status_at), next_in = coalesce(k.next_in, p.next_in), next_out = coalesce(k.next_out, p.next_out)
      FROM locked k WHERE p."Provider" = k.lp RETURNING k.lp
  ), told AS (
    INSERT INTO vfxlp_outbox (event_id, provider, subject, payload)
      SELECT event_id, lp, subject, event FROM locked JOIN killed USING (lp) WHERE event IS NOT NULL ON CONFLICT DO NOTHING
  )
  SELECT lp FROM killed
$$;
`;
