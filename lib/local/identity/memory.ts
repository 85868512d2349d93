import type { Adapter, AdapterPayload } from "oidc-provider";

/**
 * Where the provider keeps its sessions, grants and codes: in memory, for one run. What has expired it refuses by
 * itself, so nothing is swept up. (The library has a memory of its own, and prints a warning with it.)
 */
export function memory(): (model: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`;
    const search = (matches: (payload: AdapterPayload) => boolean) => kept.entries().find(([key, payload]) => key.startsWith(`${model}:`) && matches(payload))?.[1];
    return {
      async upsert(id, payload) { kept.set(keyOf(id), payload); },
      async find(id) { return kept.get(keyOf(id)); },
      async findByUid(uid) { return search((payload) => payload.uid === uid); },
      async findByUserCode(userCode) { return search((payload) => payload.userCode === userCode); },
      async consume(id) {
        const payload = kept.get(keyOf(id));
        if (payload !== undefined) payload["consumed"] = Math.floor(Date.now() / 1000);
      },
      async destroy(id) { kept.delete(keyOf(id)); },
      async revokeByGrantId(grantId) {
        for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
      },
    };
  };
}
