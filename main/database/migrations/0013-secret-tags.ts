/** A change of it counts as a change of the configuration: vfxlp_config_of takes every column that it does not name. */
export const secretTags = `
ALTER TABLE "vfx_LPProviderConfig" ADD COLUMN secret_tags bytea;

COMMENT ON COLUMN "vfx_LPProviderConfig".secret_tags IS 'Values of the secret fields of session.logonTags, which are null there. Encrypted by the console; written through it only.';
COMMENT ON COLUMN "vfx_LPProviderConfig".password IS 'Encrypted by the console for the Host, Port, SSL and backup hosts of the row; written through it only. A change of these makes it unusable: it must be entered again.';
`;
