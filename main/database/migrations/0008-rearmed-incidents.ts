/** Every incident whose latch was taken off is remembered, not the last alone: a console that was down for long may come back with any of them. */
export const rearmedIncidents = `
ALTER TABLE "vfx_LPProviderConfig"
  ALTER COLUMN rearmed_incident TYPE text[] USING array_remove(ARRAY[rearmed_incident], NULL),
  ALTER COLUMN rearmed_incident SET DEFAULT '{}',
  ALTER COLUMN rearmed_incident SET NOT NULL;
`;
