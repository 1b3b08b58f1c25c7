/** Extra fields of our Logon whose values are secret: in a configuration that is shown or stored they are null, in the order of the fields. */

export type LogonTag = readonly [tag: number, value: string | null];
export type SecretTag = readonly [tag: number, value: string];

interface Tagged {
  readonly logonTags: readonly LogonTag[];
  readonly secretTags: readonly number[];
}

/** The fields as they are stored and shown, and the values that were taken out of them. */
export function withoutSecrets({ logonTags, secretTags }: Tagged): {
  readonly logonTags: readonly LogonTag[];
  readonly secrets: readonly SecretTag[];
} {
  const isSecret = ([tag, value]: LogonTag): boolean => value !== null && secretTags.includes(tag);
  return {
    logonTags: logonTags.map((field) => (isSecret(field) ? [field[0], null] : field)),
    secrets: logonTags.flatMap(([tag, value]) => (value !== null && secretTags.includes(tag) ? [[tag, value] as const] : [])),
  };
}

/** The fields with their values: the n-th null of a tag is its n-th secret. @returns the tag of one that has none instead */
export function withSecrets(logonTags: readonly LogonTag[], secrets: readonly SecretTag[]): readonly SecretTag[] | number {
  const left = [...secrets];
  const filled: SecretTag[] = [];
  for (const [tag, value] of logonTags) {
    const at = value === null ? left.findIndex(([of]) => of === tag) : -1;
    if (value === null && at < 0) return tag;
    filled.push([tag, value ?? left.splice(at, 1)[0]?.[1] ?? '']);
  }
  return filled;
}
