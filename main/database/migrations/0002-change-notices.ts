/**
 * NOTIFY vfxlp_config with the provider as payload when something changed that the Session Manager acts on; an empty payload means "look at all"
 * (a NOTIFY payload has a limit, and a long key must not make another tool's INSERT fail). Status, sequence numbers and leases are the
 * consoles' own writing and give no notice, or they would answer each other for ever.
 */
export const changeNotices = `
CREATE FUNCTION vfxlp_config_of(lp "vfx_LPProviderConfig") RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(lp) - ARRAY['status', 'desired', 'kill_incident', 'kill_by', 'kill_reason', 'kill_at', 'status_reason', 'status_at',
                              'next_in', 'next_out', 'owner', 'owner_lease_until', 'version']
$$;

CREATE FUNCTION vfxlp_count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF vfxlp_config_of(NEW) IS DISTINCT FROM vfxlp_config_of(OLD) THEN
    NEW.version := OLD.version + 1;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER vfxlp_count_version BEFORE UPDATE ON "vfx_LPProviderConfig"
  FOR EACH ROW EXECUTE FUNCTION vfxlp_count_version();

CREATE FUNCTION vfxlp_notify_config(provider text) RETURNS void LANGUAGE sql AS $$
  SELECT pg_notify('vfxlp_config', CASE WHEN octet_length(provider) <= 1000 THEN provider ELSE '' END)
$$;

CREATE FUNCTION vfxlp_tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.version = OLD.version AND (NEW.desired, NEW.kill_incident, NEW.owner) IS NOT DISTINCT FROM (OLD.desired, OLD.kill_incident, OLD.owner) THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_OP <> 'INSERT' THEN PERFORM vfxlp_notify_config(OLD."Provider"); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM vfxlp_notify_config(NEW."Provider"); END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER vfxlp_tell_change AFTER INSERT OR UPDATE OR DELETE ON "vfx_LPProviderConfig"
  FOR EACH ROW EXECUTE FUNCTION vfxlp_tell_change();

CREATE FUNCTION vfxlp_tell_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM vfxlp_notify_config('');
  RETURN NULL;
END $$;

CREATE TRIGGER vfxlp_tell_truncate AFTER TRUNCATE ON "vfx_LPProviderConfig"
  FOR EACH STATEMENT EXECUTE FUNCTION vfxlp_tell_truncate();
`;
