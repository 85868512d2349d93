import * as z from "zod/mini";

/** Its compiler asks for `eval`, which the pages' policy forbids and would report. */
z.config({ jitless: true });

/** What the portal's API answers, as far as the pages use it. What is added later is ignored. */
const instant = z.pipe(z.string(), z.transform((text, context): number => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) context.issues.push({ code: "custom", message: "not an instant", input: text });
  return at;
}));
const permission = z.enum(["ro", "rw"]);

export const rights = z.pipe(
  z.object({ rights: z.object({
    account: z.object({ id: z.number(), name: z.string() }),
    user: z.object({ id: z.number(), username: z.string(), email: z.string(), role: z.enum(["admin", "member"]) }),
    service_access: z.union([z.literal("all"), z.array(z.number())]),
    scopes: z.array(z.object({ scope: z.string(), name: z.string(), allowed: z.boolean(), missing: z.optional(z.string()) })),
  }) }),
  z.transform(({ rights }) => rights),
);
export type Rights = z.output<typeof rights>;
export type ScopeOffer = Rights["scopes"][number];

const tokenFields = {
  id: z.number(), name: z.string(), scopes: z.array(z.string()), permission,
  expires_at: z.optional(instant), created_at: z.optional(instant), last_used_at: z.optional(instant),
};
const token = z.object(tokenFields);
export type Token = z.output<typeof token>;
const ownedToken = z.object({ ...tokenFields, user_id: z.number(), username: z.string() });
export type OwnedToken = z.output<typeof ownedToken>;

/** Every item of a list is wrapped, as in 3scale. `metadata` is there while there is more. */
const metadata = z.optional(z.object({ next: z.string() }));
export const tokens = z.pipe(
  z.object({ access_tokens: z.array(z.object({ access_token: token })), metadata }),
  z.transform(({ access_tokens: all, metadata }) => ({ items: all.map((each) => each.access_token), next: metadata?.next })),
);
export const ownedTokens = z.pipe(
  z.object({ access_tokens: z.array(z.object({ access_token: ownedToken })), metadata }),
  z.transform(({ access_tokens: all, metadata }) => ({ items: all.map((each) => each.access_token), next: metadata?.next })),
);
export const issuedToken = z.pipe(z.object({ access_token: z.object({ ...tokenFields, value: z.string() }) }), z.transform((answer) => answer.access_token));
export type IssuedToken = z.output<typeof issuedToken>;

const serviceToken = z.object({ service_id: z.number(), service_name: z.string(), scope: z.string(), permission, value: z.string() });
export type ServiceToken = z.output<typeof serviceToken>;
export const serviceTokens = z.pipe(
  z.object({ service_tokens: z.array(z.object({ service_token: serviceToken })), metadata }),
  z.transform(({ service_tokens: all, metadata }) => ({ items: all.map((each) => each.service_token), next: metadata?.next })),
);
export const revealedToken = z.pipe(z.object({ service_token: serviceToken }), z.transform((answer) => answer.service_token));

const bodies = z.record(z.string(), z.looseObject({ schema: z.optional(z.looseObject({ anyOf: z.optional(z.array(z.looseObject({}))) })) }));
/** The OpenAPI document, as far as the pages look into it; the rest goes to those who show it. */
export const apiDocument = z.looseObject({
  tags: z.array(z.looseObject({ name: z.string(), description: z.optional(z.string()) })),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({
    operationId: z.string(), summary: z.string(), description: z.optional(z.string()), tags: z.array(z.string()),
    security: z.optional(z.array(z.record(z.string(), z.unknown()))),
    requestBody: z.optional(z.looseObject({ content: bodies })),
    responses: z.record(z.string(), z.looseObject({ content: z.optional(bodies) })),
    "x-latchkey-requires": z.optional(z.looseObject({ scopes: z.array(z.string()), effect: z.string() })),
  }))),
});

export const choices = z.object({ accounts: z.array(z.object({ id: z.number(), name: z.string() })), to: z.string() });
export const signedOut = z.object({ location: z.string() });

/** A refusal says more than its sentence in `code`; the gateway's own says only `message`. */
export const refusal = z.object({ error: z.optional(z.string()), code: z.optional(z.string()), missing: z.optional(z.array(z.string())) });
export const invalid = z.object({ errors: z.record(z.string(), z.array(z.string())) });
