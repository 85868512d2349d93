import { z } from "zod";
import { found, referencesIn, theOne, type Resources } from "./references.ts";

const ROLE = z.object({
  Policies: z.array(z.object({ PolicyDocument: z.unknown() })).default([]),
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  // A boundary takes rights away. A role that had one would be judged too kindly here, so there may be none.
  PermissionsBoundary: z.undefined().optional(),
});
const POLICY_DOCUMENT = z.object({ Statement: z.array(z.unknown()) });
const ATTACHED_POLICY = z.object({ PolicyDocument: POLICY_DOCUMENT, Roles: z.array(z.unknown()).default([]) });

/** Every statement that applies to a role: inline, managed and attached from elsewhere in the template. */
export function statementsOf(roleLogicalId: string, resources: Resources): readonly unknown[] {
  const role = ROLE.parse(found(resources[roleLogicalId], `the role ${roleLogicalId}`).Properties);
  const inline = role.Policies.map((policy) => POLICY_DOCUMENT.parse(policy.PolicyDocument));
  const managed = role.ManagedPolicyArns.map((arn) =>
    ATTACHED_POLICY.parse(resources[theOne(referencesIn(arn), "AWS::IAM::ManagedPolicy", resources)]?.Properties).PolicyDocument);
  const attached = Object.values(resources)
    .filter(({ Type }) => Type === "AWS::IAM::Policy" || Type === "AWS::IAM::ManagedPolicy")
    .map(({ Properties }) => ATTACHED_POLICY.parse(Properties))
    .filter(({ Roles }) => referencesIn(Roles).includes(roleLogicalId))
    .map(({ PolicyDocument }) => PolicyDocument);
  return [...inline, ...managed, ...attached].flatMap((document) => document.Statement);
}
