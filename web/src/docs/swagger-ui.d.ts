/** What the pages use of Swagger UI, which brings no types of its own. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** Its data is in Immutable.js. */
  export type Data = { get(key: string): unknown; getIn(path: readonly string[]): unknown; set(key: string, value: unknown): Data };
  type List = { readonly size: number; filter(keep: (item: Data) => boolean): List };
  type Group = { get(key: "operations"): List; update(key: "operations", change: (operations: List) => List): Group };
  export type Groups = { map(change: (group: Group, name: string) => Group): Groups; filter(keep: (group: Group) => boolean): Groups };
  export type Component<Props> = (props: Props) => import("react").ReactNode;
  type Show = (key: readonly string[], shown: boolean) => void;

  export type System = {
    /** Its own React: what it draws is made with this one. */
    readonly React: Pick<typeof import("react"), "createElement">;
    readonly getComponent: (name: string, connected?: boolean) => Component<Readonly<Record<string, unknown>>>;
    readonly layoutActions: { readonly show: Show; updateFilter(phrase: string | false): void };
    readonly layoutSelectors: { isShown(key: readonly string[], otherwise: boolean): boolean; currentFilter(): string | false };
    readonly specActions: { updateJsonSpec(document: object): void };
    readonly preauthorizeApiKey: (scheme: string, value: string) => void;
  };

  export default function SwaggerUI(options: {
    readonly domNode: HTMLElement;
    readonly layout: string;
    readonly plugins: readonly ((system: System) => object)[];
    readonly requestInterceptor: (request: object) => object;
    readonly [option: string]: unknown;
  }): System;
}
