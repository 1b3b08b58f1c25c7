/** Tells a row from one of the same name that was deleted before it: nothing of the deleted one is this one's. No change of the configuration. */
export const rowId = `
ALTER TABLE "vfx_LPProviderConfig" ADD COLUMN row_id uuid NOT NULL DEFAULT gen_random_uuid();

COMMENT ON COLUMN "vfx_LPProviderConfig".row_id IS 'Given when the row is made. A row that is deleted and made again has another one, and another message store.';
`;
