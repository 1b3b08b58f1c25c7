/**
 * A person's word that a silent console is gone. It is asked for where the console may still be logged on (it knew of no other), and by consoles that
 * ask in any case (VFXLP_TAKEOVER=ask): a kill that stands on the disk of a dead console alone is known to people, and to nobody else.
 */
export const takeOver = `
ALTER TABLE vfxlp_consoles ADD COLUMN asks boolean NOT NULL DEFAULT false, ADD COLUMN gone_by text;
COMMENT ON COLUMN vfxlp_consoles.asks IS 'It takes over from a console that has died only when a person says so.';
COMMENT ON COLUMN vfxlp_consoles.gone_by IS 'Who has said that it is gone; null when nobody has, and again when it is heard of.';

-- As before, and: from a console that went silent without giving up what it owned, one that asks takes nothing without a person's word.
CREATE OR REPLACE FUNCTION vfxlp_take(lp text, me uuid, gone uuid[], locked boolean, OUT epoch bigint, OUT owner text) LANGUAGE plpgsql AS $$
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
    IF FOUND AND (other.console_id <> ALL (gone) AND other.lease_until > clock_timestamp()
        -- Another console on the same data folder has ended, or this one could not have locked the folder; and it has the disk.
        OR (other.host, other.folder) <> (mine.host, mine.folder) AND other.gone_by IS NULL
           AND (mine.asks OR other.alone AND other.console_id <> ALL (gone))) THEN
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

-- The console that owned an LP is gone, says a person: all that it owned may be taken. Null and null when nobody is waited for: its lease lives.
CREATE FUNCTION vfxlp_confirm_gone(lp text, who text, OUT console text, OUT lps text[]) LANGUAGE plpgsql AS $$
DECLARE
  silent vfxlp_consoles;
BEGIN
  SELECT c.* INTO silent FROM vfxlp_consoles c JOIN vfxlp_ownership o USING (console_id)
    WHERE o.provider = lp AND c.lease_until <= clock_timestamp() FOR UPDATE OF c;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE vfxlp_consoles SET gone_by = who, alone = false WHERE console_id = silent.console_id;
  console := silent.name;
  SELECT array_agg(provider ORDER BY provider) INTO lps FROM vfxlp_ownership WHERE console_id = silent.console_id;
  PERFORM vfxlp_notify_config(provider) FROM vfxlp_ownership WHERE console_id = silent.console_id;
END $$;
`;
