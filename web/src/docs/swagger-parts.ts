import type { Component, Data, System } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import type { ReactNode } from "react";
import { bracketed, FORM } from "../rules/try-out.ts";

/** What the parts ask of the page, and what they remember. */
export type Asked = {
  /** What to do about an answer; nothing about one that is as wished. `status` is undefined when none came. */
  readonly advise: (status: number | undefined, body: string) => string | undefined;
  readonly onOpen: (operationId: string | undefined) => void;
  /** All groups are open from the start. */
  readonly few: boolean;
  /** The operation that is to be scrolled to once it is there. */
  goingTo: string | undefined;
};

type GroupProps = Pick<System, "getComponent" | "layoutActions" | "layoutSelectors"> & { readonly tag: string; readonly tagObj: Data; readonly children: ReactNode };
type SummaryProps = { readonly isShown: boolean; readonly toggleShown: () => void; readonly operationProps: Data };
type FieldProps = { readonly description: string; readonly schema?: Data };

/**
 * The parts of Swagger UI that are drawn otherwise here: nothing around the operations, one button for each group and each
 * operation, names for all fields, advice with answers. Its own would say the token in a dialog, and have unnamed buttons.
 */
export const partsOf = (asked: Asked) => ({ React: { createElement: h } }: System) => ({
  components: {
    Groups({ getComponent }: System) {
      return h(getComponent("operations", true));
    },
    OperationTag({ tag, layoutActions, layoutSelectors, children }: GroupProps) {
      const isSearch = layoutSelectors.currentFilter() !== false;
      const key = [isSearch ? "found" : "operations-tag", tag];
      const isOpen = layoutSelectors.isShown(key, isSearch || asked.few);
      return h("section", { className: "latchkey-group" },
        h("h3", null, h("button", { type: "button", "aria-expanded": isOpen, onClick: () => layoutActions.show(key, !isOpen) }, tag)),
        isOpen ? children : null);
    },
    OperationSummary({ isShown, toggleShown, operationProps }: SummaryProps) {
      const [method, path, summary, operationId] = ["method", "path", "summary", "operationId"].map((name) => String(operationProps.get(name)));
      const arrive = (node: HTMLElement | null) => {
        if (node === null || asked.goingTo !== operationId) return;
        asked.goingTo = undefined;
        node.scrollIntoView();
      };
      const toggle = () => {
        toggleShown();
        asked.onOpen(isShown ? undefined : operationId);
      };
      return h("h4", { className: "opblock-summary", ref: arrive },
        h("button", { type: "button", "aria-expanded": isShown, className: "opblock-summary-control", onClick: toggle },
          h("span", { className: "opblock-summary-method" }, method?.toUpperCase()), " ",
          h("span", { className: "opblock-summary-path" }, path), " ",
          h("span", { className: "opblock-summary-description" }, summary)));
    },
    /** Text that takes any colours, and a place that scrolls by the keyboard too. */
    SyntaxHighlighter: ({ children }: { readonly children: string }) => h("pre", { tabIndex: 0, translate: "no" }, children),
    // What is tried is open from the start, with the token of the page.
    TryItOutButton: () => null,
    authorizeOperationBtn: () => null,
    ParameterIncludeEmpty: () => null,
  },
  wrapComponents: {
    JsonSchemaForm: (Form: Component<FieldProps>) => (props: FieldProps) => {
      // What a parameter is for stands above its field.
      const [name = ""] = props.description.split(" - ");
      const field = h(Form, { ...props, description: name });
      return props.schema?.get("type") === "array" ? h("div", { role: "group", "aria-label": name }, field) : h("label", null, h("span", { className: "pf-v6-screen-reader" }, name), field);
    },
    RequestBodyEditor: (Editor: Component<object>) => (props: object) =>
      h("label", null, h("span", { className: "pf-v6-screen-reader" }, "Request body"), h(Editor, props)),
    curl: (Curl: Component<{ readonly request: Data }>) => ({ request, ...props }: { readonly request: Data }) => {
      const body = request.get("body");
      const isForm = request.getIn(["headers", "Content-Type"]) === FORM && typeof body === "string";
      return h(Curl, { ...props, request: isForm ? request.set("body", bracketed(body)) : request });
    },
    liveResponse: (Answer: Component<{ readonly response: Data }>) => (props: { readonly response: Data }) => {
      const [status, body] = [props.response.get("status"), props.response.get("text")];
      const advice = asked.advise(typeof status === "number" ? status : undefined, typeof body === "string" ? body : "");
      return h("div", null, advice === undefined ? null : h("p", { className: "latchkey-advice" }, advice), h(Answer, props));
    },
  },
});
