// The authorities that Node trusts where a caller names none: its own list and NODE_EXTRA_CA_CERTS. Read once, at the first use.

import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** Newer versions of Node tell; theirs is the same list until somebody sets another. */
const told: ((kind: 'default') => readonly string[]) | undefined = (tls as any).getCACertificates;

let known: { list: readonly string[]; pem: Buffer } | undefined;

function own(): readonly string[] {
  const path = process.env.NODE_EXTRA_CA_CERTS;
  if (!path) return tls.rootCertificates;
  try {
    return [...tls.rootCertificates, readFileSync(path, 'latin1')];
  } catch (error) {
    process.emitWarning(`Ignoring extra certs from \`${path}\`, load failed: ${(error as Error).message}`);
    return tls.rootCertificates;
  }
}

/** One PEM document. */
export function nodeAuthorities(): Buffer {
  const list = told ? told('default') : (known?.list ?? own());
  if (known?.list !== list) known = { list, pem: Buffer.from(list.join('\n')) };
  return known.pem;
}
