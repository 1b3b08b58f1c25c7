/** Of rows whose names differ in case only, the one that was there first runs. No change of the configuration. */
export const madeAt = `
ALTER TABLE "vfx_LPProviderConfig" ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();

COMMENT ON COLUMN "vfx_LPProviderConfig".made_at IS 'When the row was made. Of rows whose names differ in case only, the first one runs: one folder of logs may not be for two LPs.';
`;
