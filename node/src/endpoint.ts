// From a modem's options to the engine the core connects to: address, the rule that chose it, TLS settings.

import { existsSync } from 'node:fs';
import { defaultSocket, defaultSocketNow } from './environment';
import { fromNative } from './errors';
import { type EngineConfig, openEngine, type TlsKey } from './native';
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

/** A PEM document as Node takes it: text, or bytes. */
function pem(part: Part): Buffer {
  return Buffer.isBuffer(part) ? part : Buffer.from(part);
}

/** What Node takes as `ca`, `cert` or `key`: one, or a list of them. */
function listed<T>(given: T | T[] | undefined): T[] {
  if (!given) return [];
  return Array.isArray(given) ? given : [given];
}

function joined(parts: Part[]): Buffer | undefined {
  if (parts.length === 0) return undefined;
  return Buffer.concat(parts.flatMap((part) => [pem(part), Buffer.from('\n')]));
}

/** Whoever has no `ca` of his own trusts whom Node trusts, besides the system's authorities. */
function nodeAuthorities(): Buffer {
  return (require('./authorities') as typeof import('./authorities')).nodeAuthorities();
}

function keysOf({ key, passphrase }: Place): TlsKey[] {
  return listed<any>(key).map((one) => {
    if (!one.pem) return { pem: pem(one), passphrase };
    return { pem: pem(one.pem), passphrase: one.passphrase ?? passphrase };
  });
}

function readTls(modem: Place, verify: boolean): Pick<EngineConfig, 'tls' | 'serverIdentity'> {
  const ca = joined(listed<Part>(modem.ca));
  const extraCa = verify && !ca ? nodeAuthorities() : undefined;
  const certs = listed<Part>(modem.cert).map(pem);
  const check = verify && modem.checkServerIdentity;
  return {
    tls: { ca, extraCa, certs, keys: keysOf(modem), verify },
    serverIdentity: check ? { check, authorities: ca ?? extraCa } : undefined,
  };
}

/** What was read last, and from what: it is the same for every request, as a rule. */
const read = new WeakMap<object, { from: unknown[]; to: ReturnType<typeof readTls> }>();

function tlsOf(modem: Place): Pick<EngineConfig, 'tls' | 'serverIdentity'> {
  if (modem.protocol !== 'https') return {};
  const verify = modem.choice?.verify !== false && process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
  const { ca, cert, key, passphrase, checkServerIdentity } = modem;
  const from = [verify, passphrase, checkServerIdentity, ...listed(ca), cert, ...listed(cert), key, ...listed(key)];
  const known = read.get(modem);
  if (known?.from.length === from.length && known.from.every((one, at) => one === from[at])) return known.to;
  const to = readTls(modem, verify);
  read.set(modem, { from, to });
  return to;
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
    ...(socketPath === undefined ? tlsOf(modem) : {}),
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
  // Nobody is asked anything.
  const { endpoint, rule, context, tls } = configOf(modem, path as string | undefined);
  return openEngine({ endpoint, rule, context, tls }).endpoint;
}
