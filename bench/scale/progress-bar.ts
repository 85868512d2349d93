import process from "node:process";
import type { Progress } from "./filled.ts";

const WIDTH = 30;

/** Shows how far the filling is, in one line that stays where it is; where nobody looks, a line for every tenth. */
export function progressBar(what: string): Progress {
  let begin: number | undefined;
  let tenth = -1;
  return (done, all, written) => {
    begin ??= Date.now();
    if (written === 0) return;
    const perSecond = written / Math.max((Date.now() - begin) / 1000, 0.001);
    const bar = "#".repeat(Math.floor((done / all) * WIDTH)).padEnd(WIDTH, "-");
    const left = done === all ? "" : `, ${minutes((all - done) / perSecond)} left`;
    const line = `${what} [${bar}] ${done.toLocaleString("en")} of ${all.toLocaleString("en")} rows, ${Math.round(perSecond).toLocaleString("en")} a second${left}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}\u001b[K${done === all ? "\n" : ""}`);
    else if (Math.floor((done / all) * 10) > tenth) console.log(line);
    tenth = Math.floor((done / all) * 10);
  };
}

const minutes = (seconds: number) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);
