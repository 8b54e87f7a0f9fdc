// Whether an ssh server's key is the right one, by the caller's `hostVerifier`.

/** Who says whether an ssh server's key is right: as ssh2 has it, with the key's hash in hex when a hash is named. */
export interface HostVerifier {
  verify: (key: Buffer | string, verified: (right: boolean) => void) => unknown;
  hash?: string | undefined;
}

/** By what the verifier returns, or by what it calls back with when it returns nothing. */
export function isRight({ verify, hash }: HostVerifier, key: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const { createHash } = require('node:crypto') as typeof import('node:crypto');
    const shown = hash ? createHash(hash).update(key).digest('hex') : key;
    const answer = verify(shown, resolve);
    if (answer !== undefined) resolve(answer as boolean);
  });
}
