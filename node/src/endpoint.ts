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

/** A key in Node's list form, when it is the only one: `[{ pem, passphrase }]`. */
function onlyKey(key: unknown): { pem: Part; passphrase?: string } | undefined {
  const [only, ...more] = Array.isArray(key) ? key : [];
  return only?.pem && more.length === 0 ? only : undefined;
}

/**
 * Whether https must go through Node's own: `checkServerIdentity` is a function of Node's certificates, lists of several keys are
 * its format, and its own additional authorities count where no `ca` is given.
 */
export function needsNodeTls(modem: Place): boolean {
  const listed = Array.isArray(modem.key) && !onlyKey(modem.key);
  const keys = listed && modem.key.some((key: any) => typeof key === 'object' && 'pem' in key);
  const extra = modem.ca === undefined && Boolean(process.env.NODE_EXTRA_CA_CERTS);
  return Boolean(modem.checkServerIdentity) || keys || extra;
}

function tlsOf(modem: Place): TlsSettings | undefined {
  if (modem.protocol !== 'https') return undefined;
  const only = onlyKey(modem.key);
  return {
    ca: pem(modem.ca),
    cert: pem(modem.cert),
    key: pem(only ? only.pem : modem.key),
    passphrase: only?.passphrase ?? modem.passphrase,
    verify: modem.choice?.verify !== false && process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
  };
}

/** Options of ssh2 that nothing here honours. */
const REFUSED = ['authHandler', 'sock', 'algorithms', 'localAddress', 'localPort', 'localHostname', 'localUsername'];

/** What only an ssh client inside this process can use: with any of these, it is that one. */
const OWN = ['privateKey', 'password', 'agent', 'hostVerifier'];

function sshOf(modem: Place, shown: string): Pick<EngineConfig, 'endpoint' | 'ssh' | 'hostVerifier'> {
  const given: Record<string, any> = { ...modem.sshOptions };
  if (modem.password) given.password = modem.password;
  const unused = REFUSED.find((name) => given[name]);
  if (unused || typeof given.agent === 'object') {
    throw fromNative({
      kind: 'unsupported',
      message: `sshOptions.${unused ?? 'agent'} is not supported${unused ? '' : ' as an object: give its socket'}`,
      hint: 'give privateKey, password or the socket of an agent; or none of them, and ~/.ssh/config counts',
    });
  }
  const user = modem.username || given.username || given.user;
  const port = modem.port || given.port;
  const endpoint = `ssh://${user ? `${user}@` : ''}${shown}${port ? `:${port}` : ''}`;
  // The environment's agent is the ssh program's, too.
  const { DOCKER_HOST, SSH_AUTH_SOCK } = process.env;
  const inherited = DOCKER_HOST?.startsWith('ssh:') && given.agent === SSH_AUTH_SOCK;
  if (!OWN.some((name) => given[name] && !(name === 'agent' && inherited))) return { endpoint };
  const { privateKey, passphrase, password, agent, readyTimeout, keepaliveInterval, keepaliveCountMax } = given;
  const key = privateKey ? Buffer.from(privateKey) : undefined;
  const locked = passphrase === undefined ? undefined : String(passphrase);
  const interval = keepaliveInterval || undefined;
  return {
    endpoint,
    ssh: {
      privateKey: key,
      passphrase: locked,
      password,
      agent,
      readyTimeout,
      keepaliveInterval: interval,
      keepaliveCountMax,
    },
    hostVerifier: given.hostVerifier ? { verify: given.hostVerifier, hash: given.hostHash } : undefined,
  };
}

function addressOf(
  modem: Place,
  socketPath: string | undefined,
): Pick<EngineConfig, 'endpoint' | 'ssh' | 'hostVerifier'> {
  if (socketPath !== undefined) {
    const pipe = /^[\\/]{2}[.?][\\/]pipe[\\/]/.test(socketPath);
    return { endpoint: pipe ? `npipe://${socketPath.replace(/\\/g, '/')}` : `unix://${socketPath}` };
  }
  const { hostname, port } = hostOf(modem);
  const shown = hostname.includes(':') ? `[${hostname}]` : hostname;
  if (modem.protocol === 'ssh') return sshOf(modem, shown);
  if (modem.protocol === 'http') return { endpoint: `tcp://${shown}:${port}` };
  if (modem.protocol === 'https') return { endpoint: `https://${shown}:${port}` };
  throw fromNative({ kind: 'unsupported', message: `there is no transport for the protocol "${modem.protocol}"` });
}

/** How the core connects to a modem's engine; `socketPath` is what the modem's turned out to be. */
export function configOf(modem: Place, socketPath: string | undefined): EngineConfig {
  const choice = modem.choice ?? { rule: 'explicit' };
  return {
    ...addressOf(modem, socketPath),
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
