import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { faultsOf, shipped, type Locked, type Lockfile } from "../../lib/deploy/lockfile.ts";
import ours from "../../package-lock.json" with { type: "json" };
import manifest from "../../package.json" with { type: "json" };

const LOCKFILE = ours as unknown as Lockfile;
const DECIDED = new Set(Object.keys(manifest.allowScripts));
const FINE: Locked = { version: "1.0.0", license: "MIT", integrity: `sha512-${"A".repeat(86)}==` };
const locked = (changes: Partial<Locked>) => ({ lockfileVersion: 3, packages: { "": { version: "0.1.0" }, "node_modules/a/node_modules/@b/c": { ...FINE, ...changes } } });

describe("the lockfile", () => {
  it("has no fault", () => {
    expect(shipped(LOCKFILE).length).toBeGreaterThan(50);
    expect(faultsOf(LOCKFILE, DECIDED)).toEqual([]);
  });

  it.each([
    ["no digest", { integrity: "" }, "@b/c 1.0.0 is not proved by a SHA-512 digest"],
    ["a weak digest", { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }, "@b/c 1.0.0 is not proved by a SHA-512 digest"],
    ["a folder for a package", { link: true }, "@b/c 1.0.0 is not proved by a SHA-512 digest"],
    ["an address of its own", { resolved: "https://elsewhere.example/c.tgz" }, "@b/c 1.0.0 is bound to an address"],
    ["a script that nobody decided about", { hasInstallScript: true }, "@b/c 1.0.0 runs a script when it is installed, and allowScripts does not say whether it may"],
    ["a licence that asks for more", { license: "AGPL-3.0" }, "@b/c 1.0.0 is shipped under AGPL-3.0"],
  ] as const)("is at fault with %s", (_what, changes, fault) => {
    expect(faultsOf(locked(changes), new Set())).toEqual([fault]);
  });

  it.each([
    ["any licence of a tool", { license: "MPL-2.0", dev: true }],
    ["a script that was decided about", { hasInstallScript: true }],
  ] as const)("may have %s", (_what, changes) => {
    expect(faultsOf(locked(changes), new Set(["@b/c"]))).toEqual([]);
  });
});

describe("package.json", () => {
  it("names every package in one exact version, so that an update is always a change of this file", () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const named = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(named.filter(([, version]) => !/^(?:npm:[a-z0-9@/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });
});

describe("npm run sbom", () => {
  it("names what is shipped, neither more nor less, in CycloneDX", () => {
    const bom = JSON.parse(execFileSync(process.execPath, ["lib/deploy/sbom.ts"], { encoding: "utf8", maxBuffer: 2 ** 26 })) as {
      bomFormat: string; metadata: { component: { name: string } }; components: { name: string; version: string; purl: string; hashes: object[] }[];
    };
    expect([bom.bomFormat, bom.metadata.component.name]).toEqual(["CycloneDX", "latchkey"]);
    const named = (all: readonly { name: string; version: string }[]) => [...new Set(all.map(({ name, version }) => `${name}@${version}`))].toSorted();
    expect(named(bom.components)).toEqual(named(shipped(LOCKFILE)));
  });
});
