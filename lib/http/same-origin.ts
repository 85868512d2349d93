/** What a browser tells of where a request comes from: `Sec-Fetch-Site` and `Origin`, undefined when it does not. */
export type Provenance = { readonly method: string; readonly site: string | undefined; readonly origin: string | undefined };

const READING = ["GET", "HEAD"];

/**
 * Whether a request that a cookie speaks for was made by our own pages. Browsers that tell the site are believed, of reads
 * too; of those that do not, whoever changes something must name our origin. An origin that is told and is not ours
 * refuses always: no page of anybody else has business here.
 */
export function isFromOwnPages({ method, site, origin }: Provenance, ownOrigin: string): boolean {
  if (origin !== undefined && origin !== ownOrigin) return false;
  if (site !== undefined) return site === "same-origin";
  return READING.includes(method) || origin !== undefined;
}
