import { describe, expect, it } from "vitest";
import { epochSeconds, id, parseMonth, tenThousandths } from "../../lib/domain/brands.ts";
import { CURRENCY, inState, INVOICE_STATES, isChargeable, isEditable, isUnresolved, type Invoice, type InvoiceState } from "../../lib/domain/invoices.ts";
import { account, NOW } from "../model/example.ts";

const invoice = (state: InvoiceState): Invoice => ({
  accountId: account, id: id(1), developerAccountId: id(2), friendlyId: "2030-03-00000001", period: parseMonth("2030-03")!, state, currency: "USD",
  total: tenThousandths(0), creationType: "manual", version: 1, createdAt: NOW, updatedAt: NOW,
});

/** 3scale's events, written a second time: event, from, to. */
const EVENTS: readonly (readonly [event: string, from: readonly InvoiceState[], to: InvoiceState])[] = [
  ["finalize", ["open"], "finalized"],
  ["issue", ["open", "finalized"], "pending"],
  ["mark_as_unpaid", ["pending"], "unpaid"],
  ["fail", ["unpaid"], "failed"],
  ["pay", ["unpaid", "pending", "failed"], "paid"],
  ["cancel", ["open", "finalized", "pending", "unpaid", "failed"], "cancelled"],
];
const every = INVOICE_STATES.flatMap((from) => INVOICE_STATES.map((to) => [from, to, EVENTS.some(([, before, after]) => after === to && before.includes(from))] as const));

it("an invoice is in 3scale's default currency", () => {
  expect(CURRENCY).toBe("USD");
});

describe("an invoice", () => {
  it.each(every)("from %s to %s: %s", (from, to, legal) => {
    expect(inState(invoice(from), to, NOW)?.state).toBe(legal ? to : undefined);
  });

  it("has 13 steps, and none that it does not know", () => {
    expect(every.filter(([, , legal]) => legal)).toHaveLength(13);
    expect(INVOICE_STATES.flatMap((from) => ["", "Paid", "constructor", "__proto__"].map((to) => inState(invoice(from), to, NOW)))).toEqual(Array(28).fill(undefined));
  });

  it.each([
    ["issued today, to be paid two days later", "open", "pending", { issuedOn: "2030-12-31", dueOn: "2031-01-02" }],
    ["paid now", "pending", "paid", { paidAt: epochSeconds(Date.UTC(2030, 11, 31, 23) / 1000) }],
    ["finalized, and nothing else", "open", "finalized", {}],
    ["cancelled, and nothing else", "open", "cancelled", {}],
  ] as const)("is %s", (_what, from, to, brings) => {
    expect(inState(invoice(from), to, epochSeconds(Date.UTC(2030, 11, 31, 23) / 1000))).toEqual({ ...invoice(from), state: to, ...brings });
  });

  it.each([
    ["open", true, false, true], ["finalized", true, false, true], ["pending", false, true, true], ["unpaid", false, true, true],
    ["failed", false, true, false], ["paid", false, false, false], ["cancelled", false, false, false],
  ] as const)("that is %s: editable %s, chargeable %s, unresolved %s", (state, editable, chargeable, unresolved) => {
    expect([isEditable(state), isChargeable(state), isUnresolved(state)]).toEqual([editable, chargeable, unresolved]);
  });
});
