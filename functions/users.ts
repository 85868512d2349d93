import * as z from "zod/mini";
import { parseId, type MemberId, type ServiceId } from "../lib/domain/brands.ts";
import type { Transition } from "../lib/domain/members.ts";
import { SECTIONS, type Role, type ServiceAccess } from "../lib/domain/model.ts";
import * as fields from "../lib/http/fields.ts";
import { operation } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { permissions, user } from "../lib/http/represent/member.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import {
  changeRole, changeState, createMember, deleteMember, listMembersOf, readMemberFor, updateMember, updateRights,
} from "../lib/operations/members.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "account" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "account" } as const;
const ADMIN_READ = { scopes: ["account_management"], effect: "read", about: "account", role: "admin" } as const;
const ADMIN_WRITE = { scopes: ["account_management"], effect: "write", about: "account", role: "admin" } as const;
const nothing = z.object({});

export const listUsers = operation({
  name: "listUsers", methods: ["GET"], path: "/admin/api/users", formats: FORMATS, requires: ADMIN_READ,
  input: z.object({ state: fields.filter, role: fields.filter }),
  answer: many(user),
  run: (call) => listMembersOf(call, call.principal, call.input),
});

/** Passwords are not ours (D16): `password` is accepted and dropped. Without a user name the address serves as one. */
export const createUser = operation({
  name: "createUser", methods: ["POST"], path: "/admin/api/users", formats: FORMATS, requires: ADMIN_WRITE, wrapper: "user",
  input: z.object({ username: z.optional(fields.name), email: fields.address }),
  answer: created(user, (made) => `/admin/api/users/${made.id}`),
  run: (call) => {
    const { email, username = email } = call.input;
    return createMember(call, call.principal, { username, email });
  },
});

export const readUser = operation({
  name: "readUser", methods: ["GET"], path: "/admin/api/users/{id}", formats: FORMATS, requires: READ, input: nothing,
  answer: one(user),
  run: (call) => readMemberFor(call, call.principal, pathId<MemberId>(call, "id"), "read"),
});

export const updateUser = operation({
  name: "updateUser", methods: ["PUT", "PATCH"], path: "/admin/api/users/{id}", formats: FORMATS, requires: WRITE, wrapper: "user",
  input: z.object({ username: z.optional(fields.name), email: z.optional(fields.address) }),
  answer: one(user),
  run: (call) => {
    const { username, email } = call.input;
    const names = { ...(username === undefined ? {} : { username }), ...(email === undefined ? {} : { email }) };
    return updateMember(call, call.principal, pathId<MemberId>(call, "id"), names);
  },
});

export const deleteUser = operation({
  name: "deleteUser", methods: ["DELETE"], path: "/admin/api/users/{id}", formats: FORMATS, requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteMember(call, call.principal, pathId<MemberId>(call, "id")),
});

export const readPermissions = operation({
  name: "readPermissions", methods: ["GET"], path: "/admin/api/users/{id}/permissions", formats: FORMATS, requires: READ, input: nothing,
  answer: one(permissions),
  run: (call) => readMemberFor(call, call.principal, pathId<MemberId>(call, "id"), "read"),
});

/** A key that is left out changes nothing; unknown sections and services are dropped, as in 3scale. */
export const updatePermissions = operation({
  name: "updatePermissions", methods: ["PUT", "PATCH"], path: "/admin/api/users/{id}/permissions", formats: FORMATS, requires: WRITE,
  wrapper: "permissions", attributesRequired: true,
  input: z.object({
    allowed_sections: z.optional(z.pipe(z.unknown(), z.transform((value) => SECTIONS.filter((section) => [value].flat().includes(section)))))
      .register(z.globalRegistry, { type: "array", items: { type: "string", enum: [...SECTIONS] } }),
    allowed_service_ids: z.optional(z.pipe(z.unknown(), z.transform(serviceAccess)))
      .register(z.globalRegistry, { type: ["array", "null"], items: { type: "integer" }, description: "null is all services, an empty list none." }),
  }),
  maxBodyBytes: 64 * 1024,
  answer: one(permissions),
  run: (call) => {
    const { allowed_sections: sections, allowed_service_ids: services } = call.input;
    return updateRights(call, call.principal, pathId<MemberId>(call, "id"), { sections, serviceAccess: services });
  },
});

/** 3scale's reading: nothing or null is all services, a list those, an empty list none, anything else no change. */
function serviceAccess(value: unknown): ServiceAccess | undefined {
  if (value === null || value === "") return "all";
  if (!Array.isArray(value)) return undefined;
  const texts = (value as unknown[]).map((each) => (typeof each === "number" ? String(each) : typeof each === "string" ? each : ""));
  return texts.map((text) => parseId<ServiceId>(text)).filter((id) => id !== undefined);
}

export const activateUser = stateChange("activate");
export const suspendUser = stateChange("suspend");
export const unsuspendUser = stateChange("unsuspend");
export const makeAdmin = roleChange("admin");
export const makeMember = roleChange("member");

function stateChange(transition: Transition) {
  return operation({
    name: `${transition}User`, methods: ["PUT", "PATCH"], path: `/admin/api/users/{id}/${transition}`, formats: FORMATS, requires: WRITE, input: nothing,
    answer: one(user),
    run: (call) => changeState(call, call.principal, pathId<MemberId>(call, "id"), transition),
  });
}

function roleChange(role: Role) {
  return operation({
    name: role === "admin" ? "makeAdmin" : "makeMember", methods: ["PUT", "PATCH"], path: `/admin/api/users/{id}/${role}`, formats: FORMATS, requires: WRITE, input: nothing,
    answer: one(user),
    run: (call) => changeRole(call, call.principal, pathId<MemberId>(call, "id"), role),
  });
}
