/**
 * Who runs an LP, in tables of our own: a person who has locked or edited an LP's row, or the table, cannot keep a lease from being renewed.
 * A lease is its console's: it owns what it owns as long as it lives. `epoch` counts the owners of an LP, and every write of a status names
 * it. Times are the database's.
 */
export const ownership = `
CREATE TABLE vfxlp_consoles (
  console_id  uuid PRIMARY KEY,
  name        text NOT NULL,
  host        text NOT NULL,
  folder      text NOT NULL,
  machine     text,
  pid         integer NOT NULL,
  started     text,
  lease_until timestamptz NOT NULL,
  alone       boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE vfxlp_consoles IS 'The consoles on this database. What one of them owns it owns until lease_until.';
COMMENT ON COLUMN vfxlp_consoles.alone IS 'It knows of no other console: it may stay logged on when its lease has ended, so a person says that it is gone.';
COMMENT ON COLUMN vfxlp_consoles.machine IS 'Boot and process name space in which pid and started mean a process; null where they cannot be told.';

CREATE TABLE vfxlp_ownership (
  provider   text PRIMARY KEY,
  console_id uuid,
  epoch      bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE vfxlp_ownership IS 'The console that owns an LP, or owned it last when its lease has ended; null when it gave the LP up.';

COMMENT ON COLUMN "vfx_LPProviderConfig".owner IS 'Not written any more: vfxlp_ownership says who runs the LP.';
COMMENT ON COLUMN "vfx_LPProviderConfig".owner_lease_until IS 'Not written any more: see vfxlp_consoles.';

-- Leases of before this migration count until they end.
INSERT INTO vfxlp_consoles (console_id, name, host, folder, pid, lease_until)
  SELECT gen_random_uuid(), owner, split_part(owner, '/', 1), '', 0, max(owner_lease_until)
    FROM "vfx_LPProviderConfig" WHERE owner_lease_until > now() AND owner IS NOT NULL GROUP BY owner;
INSERT INTO vfxlp_ownership (provider, console_id, epoch)
  SELECT "Provider", c.console_id, 1 FROM "vfx_LPProviderConfig" JOIN vfxlp_consoles c ON c.name = owner WHERE owner_lease_until > now();
UPDATE "vfx_LPProviderConfig" SET owner = NULL, owner_lease_until = NULL WHERE owner IS NOT NULL OR owner_lease_until IS NOT NULL;

CREATE OR REPLACE VIEW vfx_routable_lps AS
  SELECT lp."Provider", lp.status_at, c.name AS owner, c.lease_until AS owner_lease_until
    FROM "vfx_LPProviderConfig" lp
    JOIN vfxlp_ownership o ON o.provider = lp."Provider"
    JOIN vfxlp_consoles c ON c.console_id = o.console_id
   WHERE lp.status = 1 AND lp.kill_incident IS NULL AND c.lease_until > now();

CREATE FUNCTION vfxlp_tell_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM vfxlp_notify_config(NEW.provider);
  RETURN NULL;
END $$;
CREATE TRIGGER vfxlp_tell_owner AFTER UPDATE OF console_id ON vfxlp_ownership
  FOR EACH ROW WHEN (NEW.console_id IS DISTINCT FROM OLD.console_id) EXECUTE FUNCTION vfxlp_tell_owner();

-- Looks first, locks after: the advisory lock of an LP that another console owns is not touched. Answers the epoch, or null and the console that
-- owns the LP; null and null: this console's own lease has ended, or whoever holds the lock does not own the LP and is being ended.
CREATE FUNCTION vfxlp_take(lp text, me uuid, gone uuid[], locked boolean, OUT epoch bigint, OUT owner text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  mine  vfxlp_consoles;
  held  vfxlp_ownership;
  other vfxlp_consoles;
BEGIN
  INSERT INTO vfxlp_ownership (provider) VALUES (lp) ON CONFLICT DO NOTHING;
  SELECT * INTO STRICT held FROM vfxlp_ownership WHERE provider = lp FOR UPDATE;
  SELECT * INTO STRICT mine FROM vfxlp_consoles WHERE console_id = me;
  IF mine.lease_until <= clock_timestamp() THEN RETURN; END IF;
  IF held.console_id <> me THEN
    -- Its lock: a lease that is being renewed is waited for.
    SELECT * INTO other FROM vfxlp_consoles WHERE console_id = held.console_id FOR UPDATE;
    IF FOUND AND other.console_id <> ALL (gone) AND (other.lease_until > clock_timestamp()
        -- Another console on the same data folder has ended, or this one could not have locked the folder.
        OR other.alone AND (other.host, other.folder) <> (mine.host, mine.folder)) THEN
      owner := other.name;
      RETURN;
    END IF;
  END IF;
  FOR attempt IN 1 .. 10 LOOP
    EXIT WHEN locked;
    locked := pg_try_advisory_lock(19536, hashtext(lp));
    IF NOT locked THEN
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid)
        WHERE locktype = 'advisory' AND granted AND classid = 19536 AND objid = (hashtext(lp)::bigint & 4294967295)::oid AND objsubid = 2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND application_name LIKE 'vfxlp-console owner %' AND pid <> pg_backend_pid();
      PERFORM pg_sleep(0.02);
    END IF;
  END LOOP;
  IF NOT locked THEN RETURN; END IF;
  UPDATE vfxlp_ownership o SET console_id = me, epoch = o.epoch + 1 WHERE provider = lp RETURNING o.epoch INTO epoch;
END $$;

-- Status and event; false when the LP is not owned in this epoch any more. Without an epoch only 0 can be written, which every console may.
-- The row's lock first: the outbox then holds the events of one LP in the order of its statuses. An event that is null is none.
CREATE FUNCTION vfxlp_write_status(lp text, in_epoch bigint, to_status smallint, reason jsonb, at timestamptz, next_in bigint, next_out bigint,
                                   event_id uuid, subject text, event json) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
  PERFORM FROM "vfx_LPProviderConfig" WHERE "Provider" = lp FOR NO KEY UPDATE;
  -- A row that was deleted while its session was on is nobody's any more; that its status has changed is told all the same.
  IF FOUND AND (in_epoch IS NOT NULL OR to_status <> 0) THEN
    PERFORM FROM vfxlp_ownership o WHERE o.provider = lp AND o.epoch = in_epoch AND o.console_id IS NOT NULL FOR SHARE;
    IF NOT FOUND THEN RETURN false; END IF;
  END IF;
  UPDATE "vfx_LPProviderConfig" p
     SET status = to_status, status_reason = reason, status_at = at, next_in = coalesce(next_in, p.next_in), next_out = coalesce(next_out, p.next_out)
   WHERE "Provider" = lp;
  IF event IS NOT NULL THEN
    INSERT INTO vfxlp_outbox (event_id, provider, subject, payload) VALUES (event_id, lp, subject, event) ON CONFLICT DO NOTHING;
  END IF;
  RETURN true;
END $$;
`;
