/** Consoles keep kill latches on their own disks; this tells them which one has been taken off since. It is no configuration, so it counts no version. */
export const rearmedIncident = `
ALTER TABLE "vfx_LPProviderConfig" ADD COLUMN rearmed_incident text;

CREATE OR REPLACE FUNCTION vfxlp_config_of(lp "vfx_LPProviderConfig") RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(lp) - ARRAY['status', 'desired', 'kill_incident', 'kill_by', 'kill_reason', 'kill_at', 'rearmed_incident', 'status_reason',
                              'status_at', 'next_in', 'next_out', 'owner', 'owner_lease_until', 'version']
$$;
`;
