import { groupOf, operationsOf, type ApiDocument } from "./api-docs.ts";

/** Where on the page somebody is: an API, and perhaps one of its operations. */
export type Place = { readonly api: string; readonly operation?: { readonly group: string; readonly id: string } };

/** `#/Billing/listInvoices` and `#/Billing` are places, as far as they are there; anything else is the first API. */
export function placeOf(document: ApiDocument, hash: string): Place {
  const [, named = "", id = ""] = hash.replace(/^#/, "").split("/").map(decoded);
  const api = document.tags.find(({ name }) => name === named)?.name ?? document.tags[0]?.name ?? "";
  const found = operationsOf(document, api).find(({ operation }) => operation.operationId === id);
  return found === undefined ? { api } : { api, operation: { group: groupOf(found.path), id } };
}

export function hashOf(api: string, operationId?: string): string {
  return `#/${[api, ...(operationId === undefined ? [] : [operationId])].map(encodeURIComponent).join("/")}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
