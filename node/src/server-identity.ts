// Whether an engine's certificate is for the right host, by the caller's `checkServerIdentity`: it is shown the same object that
// `tlsSocket.getPeerCertificate(true)` gives.

import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { fromNative } from './errors';

/** Who compares certificates with host names, and the authorities that complete the chain it sees. */
export interface ServerIdentity {
  check: (host: string, certificate: PeerCertificate) => unknown;
  authorities: Buffer | undefined;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function* parsed(pem: string, parse: (certificate: string) => X509Certificate): Generator<X509Certificate> {
  for (const [text] of pem.matchAll(CERTIFICATE)) {
    try {
      yield parse(text);
    } catch {
      // It signed nothing, then.
    }
  }
}

/** The certificate with whoever issued it, up to an authority, which has issued itself. */
function peerCertificate(chain: Buffer[], authorities: Buffer | undefined): PeerCertificate {
  const { X509Certificate: Certificate } = require('node:crypto') as typeof import('node:crypto');
  const [own, ...sent] = chain.map((der) => new Certificate(der)) as [X509Certificate, ...X509Certificate[]];
  const issuerOf = (certificate: X509Certificate): X509Certificate | undefined => {
    const at = sent.findIndex((other) => certificate.checkIssued(other));
    if (at >= 0) return sent.splice(at, 1)[0];
    for (const other of parsed(String(authorities ?? ''), (text) => new Certificate(text))) {
      if (certificate.checkIssued(other)) return other;
    }
    return undefined;
  };
  const shown = own.toLegacyObject() as unknown as PeerCertificate;
  let [last, object]: [X509Certificate, any] = [own, shown];
  while (!last.checkIssued(last)) {
    const issuer = issuerOf(last);
    if (!issuer) return shown;
    object.issuerCertificate = issuer.toLegacyObject();
    [last, object] = [issuer, object.issuerCertificate];
  }
  object.issuerCertificate = object;
  return shown;
}

/** What the caller's function has against the certificate: anything that is not false, as with Node. */
export function refusalOf({ check, authorities }: ServerIdentity, host: string, chain: Buffer[]): unknown {
  const refusal = check(host, peerCertificate(chain, authorities));
  if (typeof (refusal as Promise<unknown> | undefined)?.then !== 'function') return refusal;
  // Node takes the promise itself for the refusal.
  return fromNative({
    kind: 'invalid_argument',
    message: 'checkServerIdentity answered with a promise: it has to answer at once',
  });
}
