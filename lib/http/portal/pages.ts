/** The portal's pages: 3scale's addresses where it has them. The browser and the function that serves them read the same list. */
export const PAGES = {
  tokens: "/p/admin/user/access_tokens",
  newToken: "/p/admin/user/access_tokens/new",
  allTokens: "/p/admin/access_tokens",
  apiDocs: "/p/admin/api_docs",
  signedOut: "/p/signed_out",
  refused: "/p/sign_in/refused",
  choose: "/p/sign_in/choose",
} as const;
