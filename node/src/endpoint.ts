// From a modem's options to the engine the core connects to: address, the rule that chose it, TLS settings.

import { existsSync } from 'node:fs';
import { defaultSocket, defaultSocketNow } from './environment';
import { fromNative } from './errors';
import { type EngineConfig, openEngine, type TlsSettings } from './native';
import { hostOf } from './request';

/** Where a modem's address came from. */
export interface Choice {
  rule: string;
  context?: string | undefined;
  /** False when a context says that the engine is not to be verified. */
  verify?: boolean | undefined;
}

/** What is needed to know of the modem. */
export interface Place {
  host?: string;
  port?: string | number;
  protocol: string;
  socketPath?: unknown;
  username?: string;
  password?: string;
  ca?: any;
  cert?: any;
  key?: any;
  passphrase?: string;
  checkServerIdentity?: any;
  sshOptions?: Record<string, any>;
  choice?: Choice;
}

type Part = string | Buffer;

/** One PEM document of what Node takes as `ca`, `cert` or `key`: text, bytes, or a list of them. */
function pem(given: Part | Part[] | undefined): Buffer | undefined {
  if (given === undefined || given === null) return undefined;
  const parts = (Array.isArray(given) ? given : [given]).map((part) => Buffer.from(part as string));
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));
}

/**
 * Whether https must go through Node's own: `checkServerIdentity` is a function of Node's certificates, lists of keys are its
 * format, and its own additional authorities count where no `ca` is given.
 */
export function needsNodeTls(modem: Place): boolean {
  const keys = Array.isArray(modem.key) && modem.key.some((key) => typeof key === 'object' && 'pem' in key);
  const extra = modem.ca === undefined && Boolean(process.env.NODE_EXTRA_CA_CERTS);
  return Boolean(modem.checkServerIdentity) || keys || extra;
}

function tlsOf(modem: Place): TlsSettings | undefined {
  if (modem.protocol !== 'https') return undefined;
  return {
    ca: pem(modem.ca),
    cert: pem(modem.cert),
    key: pem(modem.key),
    passphrase: modem.passphrase,
    verify: modem.choice?.verify !== false && process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
  };
}

/** What only an ssh client inside this process could use. */
const OWN_SSH = ['privateKey', 'passphrase', 'password', 'hostVerifier', 'hostHash', 'authHandler', 'sock'];

function sshOf(modem: Place, hostname: string): string {
  const given = { password: modem.password, ...modem.sshOptions } as Record<string, unknown>;
  const unused = OWN_SSH.filter((name) => given[name] !== undefined);
  if (unused.length > 0) {
    throw fromNative({
      kind: 'unsupported',
      message: `sshOptions.${unused[0]} is not supported: ssh:// runs this machine's own ssh program`,
      hint: 'load the key into an agent (ssh-add), or name it in ~/.ssh/config',
    });
  }
  const user = modem.username || given.username;
  const port = modem.port ? `:${modem.port}` : '';
  return `ssh://${user ? `${user}@` : ''}${hostname}${port}`;
}

function addressOf(modem: Place, socketPath: string | undefined): string {
  if (socketPath !== undefined) {
    const pipe = /^[\\/]{2}[.?][\\/]pipe[\\/]/.test(socketPath);
    return pipe ? `npipe://${socketPath.replace(/\\/g, '/')}` : `unix://${socketPath}`;
  }
  const { hostname, port } = hostOf(modem);
  const shown = hostname.includes(':') ? `[${hostname}]` : hostname;
  if (modem.protocol === 'ssh') return sshOf(modem, shown);
  if (modem.protocol === 'http') return `tcp://${shown}:${port}`;
  if (modem.protocol === 'https') return `https://${shown}:${port}`;
  throw fromNative({ kind: 'unsupported', message: `there is no transport for the protocol "${modem.protocol}"` });
}

/** How the core connects to a modem's engine; `socketPath` is what the modem's turned out to be. */
export function configOf(modem: Place, socketPath: string | undefined): EngineConfig {
  const choice = modem.choice ?? { rule: 'explicit' };
  return {
    endpoint: addressOf(modem, socketPath),
    rule: choice.rule,
    context: choice.context,
    tls: socketPath === undefined ? tlsOf(modem) : undefined,
  };
}

/** Which engine a modem talks to, by which rule, and what was passed over: one sentence. Nothing is connected. */
export function describe(modem: Place & { socketPathCache?: unknown }): string {
  let path = modem.socketPath;
  if (path === defaultSocket) path = defaultSocketNow(existsSync);
  if (typeof path === 'function') {
    if (typeof modem.socketPathCache !== 'string')
      return 'a socket that a function of the caller names at the first request';
    path = modem.socketPathCache;
  }
  return openEngine(configOf(modem, path as string | undefined)).endpoint;
}
