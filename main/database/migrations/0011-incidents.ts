/** Kills, each with its log of steps and its evidence, as each console has it. They outlive the consoles. */
export const incidents = `
CREATE TABLE vfxlp_incidents (
  incident_id text NOT NULL,
  console     text NOT NULL,
  started_at  timestamptz NOT NULL,
  summary     jsonb NOT NULL,
  record      jsonb NOT NULL,
  PRIMARY KEY (incident_id, console)
);
CREATE INDEX vfxlp_incidents_by_time ON vfxlp_incidents (started_at DESC);
COMMENT ON TABLE vfxlp_incidents IS 'The kills: what each console did, step by step, and what was known of the sessions that it ended.';
`;
