import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };

/** `npm run sbom`: a CycloneDX bill of materials of what is shipped, on standard output. */
type Component = { "bom-ref": string; name: string; scope?: string; properties?: { name: string; value: string }[] };
type Bom = { metadata: { component: Component }; components: Component[]; dependencies: { ref: string; dependsOn?: string[] }[] };

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const json = execFileSync("npm", ["sbom", "--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=application"], {
  cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26, stdio: ["ignore", "pipe", "inherit"], shell: process.platform === "win32",
});
const bom = JSON.parse(json) as Bom;

// npm's own `--omit=dev` leaves out packages, too, that both the product and its tests need.
const isShipped = ({ scope, properties = [] }: Component) => scope !== "optional" && !properties.some(({ name }) => name === "cdx:npm:package:development");
const components = bom.components.filter(isShipped);
const refs = new Set([bom.metadata.component, ...components].map((component) => component["bom-ref"]));
const dependencies = bom.dependencies.flatMap(({ ref, dependsOn = [] }) => (refs.has(ref) ? [{ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }] : []));
// npm calls it after the folder it lies in.
const metadata = { ...bom.metadata, component: { ...bom.metadata.component, name: manifest.name } };
console.log(JSON.stringify({ ...bom, metadata, components, dependencies }, null, 2));
