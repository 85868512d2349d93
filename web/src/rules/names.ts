/** Names and explanations of what a token may reach, for people. The names of scopes come with the API; these add to them. */
const OPENS: Readonly<Record<string, string>> = {
  finance: "Invoices, their line items and payments.",
  account_management: "Services, applications, plans, developers, members and tokens.",
  stats: "Traffic of services and applications.",
  policy_registry: "Policies that gateways may apply.",
};

/** What a scope opens, in a line; nothing for one this page has not heard of. */
export const opens = (scope: string): string => (Object.hasOwn(OPENS, scope) ? OPENS[scope] : undefined) ?? "";

export const PERMISSION_NAMES = { ro: "Read only", rw: "Read & write" } as const;

/** "section:policy_registry" is "the Policy registry permission". */
export function missingName(missing: string): string {
  const [kind, name = ""] = missing.split(":");
  const words = name.replaceAll("_", " ");
  return kind === "section" ? `the ${words.charAt(0).toUpperCase()}${words.slice(1)} permission` : missing;
}

/** "A", "A and B", "A, B and C" */
export function sentenceList(names: readonly string[], word = "and"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/** What the API says of a field, as a sentence under that field: "can't be blank" is about "Name". */
export function fieldSentence(label: string, message: string): string {
  const isPredicate = /^(?:can't|is|are|must|has|should|use)\b/.test(message);
  const sentence = isPredicate ? `${label} ${message}` : `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
