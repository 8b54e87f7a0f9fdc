// Which engine a client talks to when its options do not say: DOCKER_HOST and its companions, read the way dockerode reads them.
// Reads the environment and certificate files; opens no connection.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ModemOptions } from './types';

const PIPE = '//./pipe/docker_engine';
const SOCKET = '/var/run/docker.sock';

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
    host: url.hostname.replace(/^\[|\]$/g, ''),
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

/** Connection options from the environment; the caller's own go over them. */
export function fromEnvironment(): ModemOptions {
  const given = process.env.DOCKER_HOST;
  if (!given) return { socketPath: process.platform === 'win32' ? PIPE : defaultSocket };
  if (given.startsWith('unix://')) return { socketPath: given.slice('unix://'.length) || defaultSocket };
  if (given.startsWith('npipe://')) return { socketPath: given.slice('npipe://'.length) || PIPE };
  return fromAddress(given);
}
