import process from "node:process";
import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { addAccessTokens } from "./access-tokens.ts";
import { addAccounts } from "./accounts.ts";
import { addServices } from "./services.ts";
import { Failure, hidingValues, inOneLine } from "./failure.ts";

const EXIT_CODES = `
Exit codes: 0 done, 1 failed (standard error says what to do), 2 wrong usage.`;

// A reader that went away must not look like success: what was not printed may never be printed again.
process.stdout.once("error", (error) => {
  complain(`Standard output was closed before everything was printed (${error.message}).`);
  process.exit(1);
});
process.exitCode = await run(process.argv);

/** Runs one command and returns the exit code. Everything that goes wrong ends here, in a line on standard error. */
async function run(argv: readonly string[]): Promise<number> {
  try {
    await latchkey().parseAsync([...argv]);
    return 0;
  } catch (error) {
    // Commander has already said what is wrong, or has shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    complain(error instanceof Failure ? error.message : `Something unexpected happened: ${inOneLine(error)}`);
    return error instanceof Failure ? error.exitCode : 1;
  }
}

function latchkey(): Command {
  const program = new Command("latchkey")
    .description("Sets up Latchkey's accounts, on this machine or in AWS.")
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(hidingValues(text)) })
    .showHelpAfterError("Add --help to see how it is used.")
    .addHelpText("afterAll", EXIT_CODES);
  addAccounts(program);
  addAccessTokens(program);
  addServices(program);
  return program;
}

function complain(line: string): void {
  process.stderr.write(`error: ${hidingValues(line)}\n`);
}
