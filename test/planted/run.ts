import process from "node:process";
import { DEFECTS } from "./defects.ts";
import { plant } from "./plant.ts";

/** `npm run test:planted [-- part of a suite's name]`: plants each defect, one after the other, and fails unless all are caught. */
const [wanted = ""] = process.argv.slice(2);
const chosen = DEFECTS.filter(({ suite }) => suite.includes(wanted));
if (chosen.length === 0) throw new Error(`No defect is planted for a suite like "${wanted}"`);

let missed = 0;
for (const defect of chosen) {
  const outcome = await plant(defect);
  if (outcome !== "caught") missed++;
  console.log(`${outcome.padEnd(6)}  ${defect.suite}: ${defect.what}`);
}
console.log(`${chosen.length - missed} of ${chosen.length} planted defects were caught`);
process.exitCode = missed === 0 ? 0 : 1;
