import { existsSync } from "node:fs";
import { tmpdir } from "node:os";

/** Where files lie in memory, if this system has such a place: a database there does not wait for a disk after each write. */
export const MEMORY_FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
