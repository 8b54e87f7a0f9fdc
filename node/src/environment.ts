// Which engine a client talks to when its options do not say: DOCKER_HOST and its companions, read the way dockerode reads them.
// Reads the environment and certificate files; opens no connection.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Choice } from './endpoint';
import type { ModemOptions } from './types';

const PIPE = '//./pipe/docker_engine';
const SOCKET = '/var/run/docker.sock';

/** What `defaultSocket` finds, at once. */
export function defaultSocketNow(exists: (path: string) => boolean): string {
  const own = path.join(os.homedir(), '.docker', 'run', 'docker.sock');
  return exists(own) ? own : SOCKET;
}

/** Docker Desktop's socket in the home directory if it is there, or else the system's. */
export function defaultSocket(): Promise<string> {
  const own = path.join(os.homedir(), '.docker', 'run', 'docker.sock');
  return new Promise((resolve) => fs.access(own, (error) => resolve(error ? SOCKET : own)));
}

/** The certificates of a PEM bundle, one by one. */
function certificates(file: string): string[] {
  const found = fs.readFileSync(file, 'utf8').match(/-----BEGIN [^-]+-----[\s\S]*?-----END [^-]+-----/g);
  if (!found) throw new Error(`${file} holds no certificate: expected PEM text`);
  return found;
}

function fromAddress(given: string): ModemOptions {
  const { env } = process;
  let url: URL;
  try {
    url = new URL(given.includes('//') ? given : `tcp://${given}`);
  } catch {
    throw new Error(`DOCKER_HOST env variable should be something like tcp://localhost:1234, and is ${given}`);
  }
  const options: ModemOptions = {
    host: url.hostname,
    port: url.port,
    pathPrefix: env.DOCKER_PATH_PREFIX || '/',
    protocol: 'http',
  };
  if (env.DOCKER_TLS_VERIFY === '1' || url.port === '2376') {
    options.protocol = 'https';
  } else if (url.protocol === 'ssh:') {
    options.protocol = 'ssh';
    options.username = url.username;
    options.sshOptions = { agent: env.SSH_AUTH_SOCK };
  }
  if (env.DOCKER_CERT_PATH) {
    const at = (name: string) => path.join(env.DOCKER_CERT_PATH as string, name);
    options.ca = certificates(at('ca.pem'));
    options.cert = fs.readFileSync(at('cert.pem'));
    options.key = fs.readFileSync(at('key.pem'));
  }
  if (env.DOCKER_CLIENT_TIMEOUT) options.timeout = Number.parseInt(env.DOCKER_CLIENT_TIMEOUT, 10);
  return options;
}

/** Whether DOCKER_CONTEXT, or else the configuration file, names a context. Cheap: the core reads it only if so. */
function namesContext(): boolean {
  const { env } = process;
  if (env.DOCKER_CONTEXT) return env.DOCKER_CONTEXT !== 'default';
  const folder = env.DOCKER_CONFIG || path.join(os.homedir(), '.docker');
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'config.json'), 'utf8')).currentContext !== undefined;
  } catch {
    return false;
  }
}

/** Options for the engine of a context; one that cannot be read fails the requests. */
function fromContext(): Chosen | undefined {
  const { readContext } = require('./native') as typeof import('./native');
  let found: ReturnType<typeof readContext>;
  try {
    found = readContext();
  } catch (error) {
    const { fromNative } = require('./errors') as typeof import('./errors');
    const failure = fromNative({ kind: 'config', message: (error as Error).message });
    return { options: { socketPath: () => Promise.reject(failure) }, choice: { rule: 'DOCKER_CONTEXT' } };
  }
  if (!found) return undefined;
  const choice = { rule: found.rule, context: found.context, verify: found.verify };
  const at = found.address.indexOf('://');
  const [scheme, rest] = [found.address.slice(0, at), found.address.slice(at + 3)];
  if (scheme === 'unix' || scheme === 'npipe') return { options: { socketPath: rest }, choice };
  const url = new URL(`http://${rest}`);
  const options: ModemOptions = { host: url.hostname, port: url.port };
  if (scheme === 'ssh') return { options: { ...options, protocol: 'ssh', username: url.username }, choice };
  options.protocol = found.tls || scheme === 'https' ? 'https' : 'http';
  if (found.ca) options.ca = certificates(found.ca);
  if (found.cert) options.cert = fs.readFileSync(found.cert);
  if (found.key) options.key = fs.readFileSync(found.key);
  return { options, choice };
}

/** Connection options, and the rule that chose them. */
interface Chosen {
  options: ModemOptions;
  choice: Choice;
}

/** What the environment chooses; the caller's own options go over it. */
export function choose(given: ModemOptions | undefined): Chosen {
  const options = fromEnvironment();
  if (given?.host || (given?.socketPath && !options.host)) return { options, choice: { rule: 'explicit' } };
  if (process.env.DOCKER_HOST) return { options, choice: { rule: 'DOCKER_HOST' } };
  const context = namesContext() ? fromContext() : undefined;
  return context ?? { options, choice: { rule: 'default' } };
}

/** Connection options from the environment; the caller's own go over them. */
export function fromEnvironment(): ModemOptions {
  const given = process.env.DOCKER_HOST;
  if (!given) return { socketPath: process.platform === 'win32' ? PIPE : defaultSocket };
  if (given.startsWith('unix://')) return { socketPath: given.slice('unix://'.length) || defaultSocket };
  if (given.startsWith('npipe://')) return { socketPath: given.slice('npipe://'.length) || PIPE };
  return fromAddress(given);
}
