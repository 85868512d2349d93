import * as z from "zod/mini";
import type { DeveloperAccountId, DeveloperUserId } from "../lib/domain/brands.ts";
import type { UserTransition } from "../lib/domain/developers.ts";
import type { Role } from "../lib/domain/model.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { developerUser } from "../lib/http/represent/developer.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import {
  changeDeveloperUserRole, changeDeveloperUserState, createDeveloperUser, deleteDeveloperUser, listDeveloperUsers, readDeveloperUser, updateDeveloperUser,
} from "../lib/operations/developer-users.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "account" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "account" } as const;
const USERS = "/admin/api/accounts/{account_id}/users";
const nothing = z.object({});

const accountOf = (call: Call<unknown>) => pathId<DeveloperAccountId>(call, "account_id");
const userOf = (call: Call<unknown>) => pathId<DeveloperUserId>(call, "id");

const listUsers = operation({
  name: "listDeveloperUsers", methods: ["GET"], path: USERS, formats: FORMATS, requires: READ,
  input: z.object({ state: fields.filter, role: fields.filter }),
  answer: many(developerUser),
  run: (call) => listDeveloperUsers(call, call.principal, accountOf(call), call.input),
});

/** Passwords are not ours: `password` is accepted and dropped. Role and state are not for the request to say, as in 3scale. */
const createUser = operation({
  name: "createDeveloperUser", methods: ["POST"], path: USERS, formats: FORMATS, requires: { ...WRITE, role: "admin" }, wrapper: "user",
  input: z.object({ username: fields.username, email: fields.address }),
  answer: created(developerUser, ({ developerAccountId, id }) => `/admin/api/accounts/${developerAccountId}/users/${id}`),
  run: (call) => createDeveloperUser(call, call.principal, accountOf(call), call.input),
});

const readUser = operation({
  name: "readDeveloperUser", methods: ["GET"], path: `${USERS}/{id}`, formats: FORMATS, requires: READ, input: nothing,
  answer: one(developerUser),
  run: (call) => readDeveloperUser(call, call.principal, accountOf(call), userOf(call)),
});

const updateUser = operation({
  name: "updateDeveloperUser", methods: ["PUT", "PATCH"], path: `${USERS}/{id}`, formats: FORMATS, requires: WRITE, wrapper: "user",
  input: z.object({ username: z.optional(fields.username), email: z.optional(fields.address) }),
  answer: one(developerUser),
  run: (call) => updateDeveloperUser(call, call.principal, accountOf(call), userOf(call), fields.given(call.input)),
});

const deleteUser = operation({
  name: "deleteDeveloperUser", methods: ["DELETE"], path: `${USERS}/{id}`, formats: FORMATS, requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteDeveloperUser(call, call.principal, accountOf(call), userOf(call)),
});

export const developerUserReads = [listUsers, readUser];
export const developerUserWrites = [
  createUser, updateUser, deleteUser,
  roleChange("makeDeveloperUserAdmin", "admin"), roleChange("makeDeveloperUserMember", "member"),
  stateChange("activateDeveloperUser", "activate"), stateChange("suspendDeveloperUser", "suspend"), stateChange("unsuspendDeveloperUser", "unsuspend"),
];

function roleChange(name: string, role: Role) {
  return operation({
    name, methods: ["PUT", "PATCH"], path: `${USERS}/{id}/${role}`, formats: FORMATS, requires: WRITE, input: nothing,
    answer: one(developerUser),
    run: (call) => changeDeveloperUserRole(call, call.principal, accountOf(call), userOf(call), role),
  });
}

function stateChange(name: string, transition: UserTransition) {
  return operation({
    name, methods: ["PUT", "PATCH"], path: `${USERS}/{id}/${transition}`, formats: FORMATS, requires: WRITE, input: nothing,
    answer: one(developerUser),
    run: (call) => changeDeveloperUserState(call, call.principal, accountOf(call), userOf(call), transition),
  });
}
