import { expect, it } from "vitest";
import type { Command } from "../model/world.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { newSeed, randomFrom } from "../support/random.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";
import { Account } from "./account.ts";
import { endsAfter, nextCommand } from "./commands.ts";

/** Random lives of accounts, command by command over HTTP, beside the same in the model (test/model/world.ts): D1 to D4. */
const SEQUENCES = rounds(15, 20_000);
const COMMANDS = 20;
const AT_ONCE = 4;
/** After so many commands it is looked at what is stored: what one of them did wrong is mostly still there, and the seed lives it again. */
const LOOK_EVERY = 5;
/** Then there is another, for a deployment in tests remembers all it was asked. */
const LIVES_OF_A_DEPLOYMENT = 250;

type Done = { readonly command: Command; readonly answer: string };

/** One life of an account, until it and the model part. Each has a seed of its own, so that it can be lived again alone. */
async function sequence(latchkey: Deployment, seed: number, seen: (done: Done) => void): Promise<void> {
  const random = randomFrom(seed);
  const ends = endsAfter(Math.floor(Date.now() / 1000));
  const { account, world } = await Account.open(latchkey, random, ends);
  const commands: string[] = [];
  const agree = (wanted: unknown, got: unknown) => {
    expect({ seed, commands, got }).toEqual({ seed, commands, got: wanted });
  };
  agree(world.stored(), await account.stored());
  while (commands.length < COMMANDS) {
    const command = nextCommand(random, world, ends);
    commands.push(JSON.stringify(command));
    const wanted = world.answerTo(command, Math.floor(Date.now() / 1000));
    const answer = await account.answerTo(command);
    agree(wanted, answer);
    if (commands.length % LOOK_EVERY === 0) agree(world.stored(), await account.stored());
    seen({ command, answer });
  }
}

it("random sequences of commands are answered, and leave what is stored, as the model says", async () => {
  const seed = newSeed();
  const seen = { sequences: 0, commands: 0, accepted: 0, refused: 0, unknown: 0 };
  const kinds = new Set<string>();
  const note = ({ command, answer }: Done) => {
    seen.commands++;
    kinds.add(`${command.does} ${answer.slice(0, 3)}`);
    if (/^(?:20|done)/.test(answer)) seen.accepted++;
    else if (answer === "403 unknown") seen.unknown++;
    else seen.refused++;
  };
  for (let next = 0; next < SEQUENCES;) {
    const latchkey = await startDeployment();
    const last = Math.min(next + LIVES_OF_A_DEPLOYMENT, SEQUENCES);
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        while (next < last) {
          await sequence(latchkey, seed + next++, note);
          seen.sequences++;
        }
      }));
    } finally {
      await latchkey.stop();
    }
  }
  tried("sequences", { ...seen, "kinds of command and answer": kinds.size }, seed);
  expect(seen.sequences).toBe(SEQUENCES);
}, 30_000 + SEQUENCES * 2000);
