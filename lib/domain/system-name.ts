/** What 3scale accepts as the system name of a service. */
export const SYSTEM_NAME = /^[A-Za-z0-9_-]{1,255}$/;

/**
 * The system name that is made of a name when none is given: lower-case letters, digits and underscores; `otherwise` when
 * nothing of the name is one of these (3scale: SystemName).
 */
export function systemNameFrom(name: string, otherwise: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9_]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 200) || otherwise;
}
