import { generateKeyPair, jwtVerify, SignJWT } from "jose";

/** The check of a token that carries what our authorizer finds, signed with Ed25519 and verified with a key that is there already. */
export async function joseToken(): Promise<() => Promise<boolean>> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA");
  const expected = { issuer: "https://latchkey.example", audience: "https://api.latchkey.example" };
  const token = await new SignJWT({ scope: "account_management finance stats", permission: "rw", role: "admin", services: "all" })
    .setProtectedHeader({ alg: "EdDSA" }).setIssuer(expected.issuer).setAudience(expected.audience)
    .setSubject("244885908909686").setJti("244885910654802").setIssuedAt().setExpirationTime("2h").sign(privateKey);
  return async () => (await jwtVerify(token, publicKey, expected)).payload.sub === "244885908909686";
}
