/** A secret that must not be found, by whatever name. */
export type Secret = { readonly name: string; readonly value: string };

const LENGTH = 12;

/**
 * Finds secrets, and any twelve characters of them, as they are and in hex, base64 (wherever in the encoded text they begin) and with every
 * byte as `%6c`. Returns the names of those found.
 */
export function finder(secrets: readonly Secret[]): (text: string) => ReadonlySet<string> {
  const names = new Map<string, string>();
  for (const { name, value } of secrets) {
    for (const form of formsOf(value)) for (let at = 0; at + LENGTH <= form.length; at++) names.set(form.slice(at, at + LENGTH), name);
  }
  return (text) => {
    const found = new Set<string>();
    for (let at = 0; at + LENGTH <= text.length; at++) {
      const name = names.get(text.slice(at, at + LENGTH));
      if (name !== undefined) found.add(name);
    }
    return found;
  };
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const shifted = [0, 1, 2].flatMap((skip) => {
    const part = bytes.subarray(skip);
    // The last characters depend on what follows.
    const whole = part.subarray(0, part.length - (part.length % 3));
    return [whole.toString("base64"), whole.toString("base64url")];
  });
  const escaped = hex.replaceAll(/../g, "%$&");
  return [value, hex, hex.toUpperCase(), ...shifted, escaped, escaped.toUpperCase()];
}
