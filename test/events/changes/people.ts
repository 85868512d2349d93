import { deleteAccessTokenOf, deleteOwnAccessToken, issueAccessToken, updateAccessToken } from "../../../lib/operations/access-tokens.ts";
import { createAccount, updateOwnAccount } from "../../../lib/operations/accounts.ts";
import { cleanUpAfter } from "../../../lib/operations/clean-up.ts";
import { changeRole, changeState, createMember, deleteMember, updateMember, updateRights } from "../../../lib/operations/members.ts";
import { deleteService } from "../../../lib/operations/services.ts";
import { endSession, startSession } from "../../../lib/operations/sessions.ts";
import { sessionFor } from "../../support/portal.ts";
import type { Changes } from "./changes.ts";
import { SECTIONS, TOKEN, type Workshop } from "../../support/workshop.ts";

/** Changes of accounts, members, their sessions and access tokens. */
export const ofPeople = (w: Workshop) => ({
  "account.created": {
    "an account is created": async () => (deps) => createAccount(deps, { name: "New", adminEmail: w.email() }),
  },
  "account.updated": {
    "the account is renamed": async () => {
      const name = `Renamed ${w.next()}`;
      return (deps) => updateOwnAccount(deps, w.admin, { name });
    },
  },
  "member.created": {
    "a member is created": async () => (deps) => createMember(deps, w.admin, { username: w.email(), email: w.email() }),
  },
  "member.updated": {
    "a member is renamed": async () => {
      const [who, username] = [await w.memberId(), w.email()];
      return (deps) => updateMember(deps, w.admin, who, { username });
    },
    "a member renames themselves": async () => {
      const { member: owner, token: own } = await w.member();
      const username = w.email();
      return (deps) => updateMember(deps, { kind: "access_token", token: own, owner }, owner.id, { username });
    },
  },
  "member.rights_changed": {
    "sections are given": async () => {
      const who = await w.memberId();
      return (deps) => updateRights(deps, w.admin, who, { sections: SECTIONS });
    },
    "services are limited": async () => {
      const [who, service] = [await w.memberId(), await w.serviceId()];
      return (deps) => updateRights(deps, w.admin, who, { serviceAccess: [service] });
    },
    "a member becomes an admin": async () => {
      const who = await w.memberId();
      return (deps) => changeRole(deps, w.admin, who, "admin");
    },
    "a service that a member was limited to is cleaned up": async () => {
      const service = await w.serviceId();
      await w.account.member({ sections: SECTIONS, serviceAccess: [service] });
      await deleteService(w.operator, w.admin, service);
      return (deps) => cleanUpAfter(deps, { accountId: w.account.admin.member.accountId, type: "service.deleted", serviceId: service });
    },
  },
  "member.state_changed": {
    "a member is activated": async () => {
      const who = await w.memberId();
      return (deps) => changeState(deps, w.admin, who, "activate");
    },
    "a member is suspended": async () => {
      const { id: who } = (await w.member()).member;
      return (deps) => changeState(deps, w.admin, who, "suspend");
    },
    "a member is unsuspended": async () => {
      const { id: who } = (await w.member()).member;
      await changeState(w.operator, w.admin, who, "suspend");
      return (deps) => changeState(deps, w.admin, who, "unsuspend");
    },
  },
  "member.deleted": {
    "a member is deleted": async () => {
      const who = await w.memberId();
      return (deps) => deleteMember(deps, w.admin, who);
    },
  },
  "member.signed_in": {
    "a session is started": async () => (deps) => startSession(deps, w.account.admin.member),
  },
  "member.signed_out": {
    "a session is ended": async () => {
      const session = await sessionFor(w.latchkey, w.account.admin.member);
      return (deps) => endSession(deps, session);
    },
  },
  "access_token.created": {
    "a token is issued": async () => (deps) => issueAccessToken(deps, w.admin, TOKEN),
  },
  "access_token.updated": {
    "a token is renamed": async () => {
      const { token: own } = await w.account.token(w.account.admin);
      return (deps) => updateAccessToken(deps, w.admin, own.id, { name: "another name" });
    },
  },
  "access_token.deleted": {
    "a token is deleted by its owner": async () => {
      const { token: own } = await w.account.token(w.account.admin);
      return (deps) => deleteOwnAccessToken(deps, w.admin, own.id);
    },
    "a token is deleted by an admin": async () => {
      const { member: owner, token: own } = await w.member();
      return (deps) => deleteAccessTokenOf(deps, w.admin, owner.id, own.id);
    },
    "a deleted member's token is cleaned up": async () => {
      const { member: owner } = await w.member();
      await deleteMember(w.operator, w.admin, owner.id);
      return (deps) => cleanUpAfter(deps, { accountId: owner.accountId, type: "member.deleted", memberId: owner.id });
    },
  },
}) satisfies Changes;
