/** What a package is to the lockfile (npm's `package-lock.json`, version 3), as far as anybody here asks. */
export type Locked = {
  readonly version: string; readonly integrity?: string; readonly resolved?: string; readonly license?: string;
  readonly dev?: boolean; readonly optional?: boolean; readonly link?: boolean; readonly hasInstallScript?: boolean;
};
export type Lockfile = { readonly lockfileVersion: number; readonly packages: Readonly<Record<string, Locked>> };
export type Package = Locked & { readonly name: string };

/**
 * The licences of what reaches others, in functions and pages: permissive ones, as the project's own. A package under
 * another one is a decision, and not an update.
 */
const PERMISSIVE: ReadonlySet<string> = new Set(["MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Unlicense"]);

/** All packages but the project itself, by name. One that is locked in several versions is there several times. */
export function packagesOf({ packages }: Lockfile): readonly Package[] {
  return Object.entries(packages).flatMap(([place, locked]) => (place === "" ? [] : [{ ...locked, name: place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length) }]));
}

/** What is deployed or shipped to browsers. The optional ones are Node itself, for development. */
export function shipped(lockfile: Lockfile): readonly Package[] {
  return packagesOf(lockfile).filter(({ dev, optional }) => dev !== true && optional !== true);
}

/**
 * What is wrong with a lockfile, a sentence each (threat T37): every package must be proved by a SHA-512 digest, come from
 * the registry that whoever installs has chosen, run no script on installation that nobody decided about (`decided`), and,
 * when it is shipped, have a permissive licence.
 */
export function faultsOf(lockfile: Lockfile, decided: ReadonlySet<string>): readonly string[] {
  const toShip = new Set(shipped(lockfile));
  const isShipped = (name: string, version: string) => [...toShip].some((each) => each.name === name && each.version === version);
  return [
    ...(lockfile.lockfileVersion === 3 ? [] : [`lockfileVersion is ${lockfile.lockfileVersion}, not 3`]),
    ...packagesOf(lockfile).flatMap(({ name, version, integrity, resolved, link, hasInstallScript, license }) => [
      ...(link === true || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? "") ? [`${name} ${version} is not proved by a SHA-512 digest`] : []),
      ...(resolved === undefined ? [] : [`${name} ${version} is bound to an address`]),
      ...(hasInstallScript !== true || decided.has(name) ? [] : [`${name} ${version} runs a script when it is installed, and allowScripts does not say whether it may`]),
      ...(!isShipped(name, version) || PERMISSIVE.has(license ?? "") ? [] : [`${name} ${version} is shipped under ${license ?? "no licence"}`]),
    ]),
  ];
}
