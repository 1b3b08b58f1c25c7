/**
 * VFXLP's own columns come first and carry no checks: its other tools write them by SQL, and a row that breaks a rule is shown as an error of
 * that LP. In a VFXLP database the table may be there already. The columns that this console adds follow.
 */
export const lpProviderConfig = `
CREATE TABLE IF NOT EXISTS "vfx_LPProviderConfig" (
  "Provider"     text PRIMARY KEY,
  "Host"         text,
  "Port"         integer,
  "SenderCompID" text,
  "TargetCompID" text,
  "HeartBtInt"   integer DEFAULT 30,
  "SSL"          boolean DEFAULT false,
  status         smallint NOT NULL DEFAULT 0
);

ALTER TABLE "vfx_LPProviderConfig"
  ADD COLUMN desired           text NOT NULL DEFAULT 'inactive'
                               CONSTRAINT desired_is_active_or_inactive CHECK (desired IN ('active', 'inactive')),
  ADD COLUMN kill_incident     text,
  ADD COLUMN kill_by           text,
  ADD COLUMN kill_reason       text,
  ADD COLUMN kill_at           timestamptz,
  ADD COLUMN username          text,
  ADD COLUMN password          bytea,
  ADD COLUMN retry             jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN tunnel            jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN session           jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN status_reason     jsonb,
  ADD COLUMN status_at         timestamptz,
  ADD COLUMN next_in           bigint,
  ADD COLUMN next_out          bigint,
  ADD COLUMN owner             text,
  ADD COLUMN owner_lease_until timestamptz,
  ADD COLUMN version           integer NOT NULL DEFAULT 1;

COMMENT ON TABLE "vfx_LPProviderConfig" IS 'One row per Liquidity Provider. Set desired to start or stop it; status is what it is doing.';
COMMENT ON COLUMN "vfx_LPProviderConfig".status IS '0 inactive, 1 active (logged on), 2 error; written by the console that owns the LP. Route by the view vfx_routable_lps.';
COMMENT ON COLUMN "vfx_LPProviderConfig".desired IS 'active or inactive: what people want; an UPDATE is acted on at once.';
COMMENT ON COLUMN "vfx_LPProviderConfig".password IS 'Encrypted by the console; written through it only.';
COMMENT ON COLUMN "vfx_LPProviderConfig".owner IS 'host/pid of the console that runs the LP; counts until owner_lease_until.';

CREATE VIEW vfx_routable_lps AS
  SELECT "Provider", status_at, owner, owner_lease_until
    FROM "vfx_LPProviderConfig"
   WHERE status = 1 AND kill_incident IS NULL AND owner_lease_until > now();
COMMENT ON VIEW vfx_routable_lps IS 'The LPs that orders may be routed to: logged on, not killed, and their console alive.';
`;
