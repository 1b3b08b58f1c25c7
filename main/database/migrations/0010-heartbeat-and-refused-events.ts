/** What a console writes again and again to know that it can, each a row of its own; and why an event was set aside that NATS will not take. */
export const heartbeatAndRefusedEvents = `
CREATE TABLE vfxlp_heartbeat (
  console text PRIMARY KEY,
  at      timestamptz NOT NULL
);
COMMENT ON TABLE vfxlp_heartbeat IS 'Written by every console every few seconds: proves that the database takes writes.';

ALTER TABLE vfxlp_outbox ADD COLUMN refused text, ADD COLUMN refused_at timestamptz;
COMMENT ON COLUMN vfxlp_outbox.refused IS 'Why NATS will not take this event; null: it waits to be published.';
`;
