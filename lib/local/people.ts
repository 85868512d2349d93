/** Somebody whom the local identity provider knows. */
export type LocalPerson = {
  /** What the provider calls them for ever: Latchkey keeps it at their first sign-in. */
  readonly subject: string;
  readonly email: string;
  readonly emailVerified: boolean;
  /** What they are to Latchkey, for whoever chooses among them. */
  readonly about: string;
};

/** The members of the seeded account (seed.ts), and two who are refused. */
export const PEOPLE = [
  { subject: "admin", email: "admin@acme.example", emailVerified: true, about: "An admin: every service, every scope" },
  { subject: "limited", email: "limited@acme.example", emailVerified: true, about: "A member who holds partners and reaches Service 1 only" },
  { subject: "none", email: "none@acme.example", emailVerified: true, about: "A member who holds partners and reaches no service" },
  { subject: "stranger", email: "stranger@elsewhere.example", emailVerified: true, about: "A member of no account: refused" },
  { subject: "unverified", email: "unverified@acme.example", emailVerified: false, about: "Their e-mail is not verified: refused" },
] as const satisfies readonly LocalPerson[];
