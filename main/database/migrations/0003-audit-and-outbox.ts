/**
 * The audit trail, and the events that wait for NATS. payload is json and not jsonb: what is published is byte for byte what was written.
 * entry_id makes an audit entry that is written again after a crash the same entry.
 */
export const auditAndOutbox = `
CREATE TABLE vfxlp_audit (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_id  uuid NOT NULL UNIQUE,
  at        timestamptz NOT NULL,
  actor     text NOT NULL,
  source    text NOT NULL,
  "from"    text NOT NULL,
  operation text NOT NULL,
  provider  text,
  reason    text,
  result    text NOT NULL,
  detail    text
);
CREATE INDEX vfxlp_audit_by_provider ON vfxlp_audit (provider, id DESC);

CREATE TABLE vfxlp_outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id   uuid NOT NULL UNIQUE,
  provider   text NOT NULL,
  subject    text NOT NULL,
  payload    json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`;
