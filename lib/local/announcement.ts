import type { Seeded } from "./seed.ts";

/** What `npm start` prints when all is up: where, who, and how to sign in, and three calls to copy. */
export function announcement(baseUrl: string, { people, services }: Seeded, about: { description: string; loopbackOnly: boolean }): string {
  const curl = (token: string) => `curl -s -H 'Authorization: Bearer ${token}' ${baseUrl}/admin/api/applications.json`;
  return `
Latchkey is running at ${baseUrl}

To sign in, open it in a browser and click one of the people. Their tokens:

  admin    ${people.admin.token}
  limited  ${people.limited.token}
  none     ${people.none.token}

The admin sees the applications of ${services.map(({ name }) => name).join(", ")}:
  ${curl(people.admin.token)}
The limited member reaches only ${services[0]?.name ?? ""}:
  ${curl(people.limited.token)}
The third member reaches no service, and gets 403 {"error":"Access denied"}:
  ${curl(people.none.token)}

The same for scripts: ${about.description}. Ctrl-C stops everything.
${about.loopbackOnly ? "" : "\nWarning: this Java has no compiler, so DynamoDB Local listens on all interfaces; a full JDK keeps it on loopback.\n"}`;
}
