import type { AccountPlanId } from "../domain/brands.ts";
import { DEVELOPER_ACCOUNT_STATES, type DeveloperAccount } from "../domain/developers.ts";
import { collection } from "./collection.ts";
import { idIn, oneOf, text } from "./row.ts";

export const developerAccounts = collection<DeveloperAccount>({
  kind: "DEVELOPER_ACCOUNT",
  attributes: (row) => ({
    orgName: text(row, "orgName"),
    state: oneOf(row, "state", DEVELOPER_ACCOUNT_STATES),
    ...(row["planId"] === undefined ? {} : { planId: idIn<AccountPlanId>(row, "planId") }),
  }),
});
