/**
 * A token on its way from the page that shows it to the API documentation, in memory alone: it is gone with a reload, and
 * when the browser puts the page away, even if it keeps that to come back to.
 */
let handed: string | undefined;

export function handOver(token: string): void {
  handed = token;
}

export const handedToken = (): string | undefined => handed;

addEventListener("pagehide", () => { handed = undefined; });
