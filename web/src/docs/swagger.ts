import SwaggerUI, { type Groups } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "./swagger.css";
import { isFound, type ApiDocument } from "../rules/api-docs.ts";
import { resolvedAt } from "../rules/references.ts";
import { TOKEN_IN_HEADER, TOKEN_IN_QUERY } from "../rules/try-out.ts";
import { partsOf, type Asked } from "./swagger-parts.ts";

/** More operations than these are shown as groups to be opened. */
const FEW = 20;

export type Swagger = {
  /** Shows what is found, in open groups; everything for a blank text. */
  readonly find: (text: string) => void;
  /** Opens an operation and goes there. */
  readonly open: (group: string, operationId: string) => void;
};
type Options = Pick<Asked, "advise" | "onOpen"> & {
  readonly view: ApiDocument;
  /** Sends a request as it is shown. */
  readonly send: (url: string, request: RequestInit) => Promise<Response>;
};

/**
 * Swagger UI on a document that `viewOf` made. It knows no token: it shows requests with something in a token's place, which
 * `send` puts in. It belongs to its node, and is gone with it.
 */
export function showDocument(node: HTMLElement, { view, send, advise, onOpen }: Options): Swagger {
  const asked: Asked = { advise, onOpen, few: Object.values(view.paths).flatMap((methods) => Object.keys(methods)).length <= FEW, goingTo: undefined };
  const ui = SwaggerUI({
    domNode: node, layout: "Groups", tryItOutEnabled: true, showMutatedRequest: false, defaultModelRendering: "example", validatorUrl: null,
    requestInterceptor: (request) => Object.assign(request, { userFetch: send }),
    plugins: [partsOf(asked), () => ({ fn: { opsFilter: found, resolveSubtree: (_spec: object, place: readonly string[]) => Promise.resolve({ spec: resolvedAt(view, place), errors: [] }) } })],
  });
  ui.specActions.updateJsonSpec(view);
  ui.preauthorizeApiKey("bearer", TOKEN_IN_HEADER);
  ui.preauthorizeApiKey("serviceToken", TOKEN_IN_QUERY);
  return {
    find(text) {
      ui.layoutActions.updateFilter(text.trim() === "" ? false : text);
    },
    open(group, operationId) {
      asked.goingTo = operationId;
      ui.layoutActions.show(["operations-tag", group], true);
      ui.layoutActions.show(["operations", group, operationId], true);
    },
  };
}

/** Swagger UI's own search knows groups and paths alone. */
function found(groups: Groups, sought: string): Groups {
  return groups
    .map((group, name) => group.update("operations", (operations) => operations.filter((each) =>
      isFound(sought, { group: name, method: String(each.get("method")), path: String(each.get("path")), summary: String(each.getIn(["operation", "summary"])) }))))
    .filter((group) => group.get("operations").size > 0);
}
