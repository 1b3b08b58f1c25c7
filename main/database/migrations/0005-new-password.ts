/** A change of it counts as a change of the configuration: vfxlp_config_of takes every column that it does not name. */
export const newPassword = `
ALTER TABLE "vfx_LPProviderConfig" ADD COLUMN new_password bytea;

COMMENT ON COLUMN "vfx_LPProviderConfig".new_password IS 'Sent as NewPassword(925) until a Logon is accepted, then moved to password. Encrypted by the console; written through it only.';
`;
