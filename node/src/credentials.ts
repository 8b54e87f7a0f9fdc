// The credentials that the docker command line has stored, for whoever wants to send them: DOCKER_AUTH_CONFIG, config.json, and the
// helpers that config.json names. Nothing is sent by itself: what dockerode's callers give as `authconfig` comes from here if they ask.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fromNative } from './errors';
import type { AuthConfigObject } from './types';

const INDEX = 'docker.io';
/** The public registry, as it is stored. */
const INDEX_URL = 'https://index.docker.io/v1/';
/** Milliseconds a helper may take: one that asks the user needs some. */
const PATIENCE = 60_000;
/** Milliseconds for which a helper's answer is used again. */
const KEPT = 10_000;

interface Entry {
  auth?: string;
  identitytoken?: string;
}

interface Configuration {
  auths?: Record<string, Entry>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
}

function unusable(what: string): Error {
  return fromNative({ kind: 'config', message: what, hint: 'see `docker login`, and the configuration file' });
}

function parsed(text: string, source: string): Configuration {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, without a word of what may be secret.
  }
  if (typeof value === 'object' && value !== null) return value as Configuration;
  throw unusable(`${source} is not the JSON of a configuration`);
}

async function configuration(): Promise<Configuration> {
  const path = join(process.env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '{}';
    throw unusable(`${path} cannot be read: ${error.message}`);
  });
  return parsed(text, path);
}

function hostOf(registry: string): string {
  const host = registry.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === `index.${INDEX}` ? INDEX : host;
}

/** The registry of an image, or the public one. */
function registryOf(image: string): string {
  const [first, ...rest] = image.replace(/^https?:\/\//, '').split('/') as [string, ...string[]];
  return rest.length > 0 && /^localhost$|[.:]/.test(first) ? hostOf(first) : INDEX;
}

function entryOf(auths: Record<string, Entry> | undefined, host: string): AuthConfigObject | undefined {
  const key = Object.keys(auths ?? {}).find((name) => hostOf(name) === host);
  const entry = key === undefined ? undefined : auths?.[key];
  const serveraddress = key as string;
  if (entry?.identitytoken) return { identitytoken: entry.identitytoken, serveraddress };
  const [username, ...password] = Buffer.from(entry?.auth ?? '', 'base64')
    .toString()
    .split(':');
  return username ? { username, password: password.join(':'), serveraddress } : undefined;
}

interface Told {
  Username?: string;
  Secret?: string;
}

/** What a helper says of a registry; undefined when it knows nothing. */
function said(program: string, registry: string, timeout: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = { timeout, killSignal: 'SIGKILL', encoding: 'utf8', maxBuffer: 1024 * 1024 } as const;
    const child = execFile(program, ['get'], options, (error, text) => {
      if (!error) return resolve(text);
      if (/credentials not found/i.test(text)) return resolve(undefined);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return reject(unusable(`${program} is not installed`));
      const why = error.killed
        ? `gave no answer within ${timeout / 1000} s`
        : `failed: ${text.trim() || error.message}`;
      reject(unusable(`${program} ${why}`));
    });
    // One that ends without reading says so by its result.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(registry);
  });
}

async function asked(helper: string, registry: string, timeout: number): Promise<Told | undefined> {
  const program = `docker-credential-${helper}`;
  const text = await said(program, registry, timeout);
  return text === undefined ? undefined : (parsed(text, `the answer of ${program}`) as Told);
}

const answers = new Map<string, { until: number; told: Promise<Told | undefined> }>();

/** Asks once for those who ask at the same time, and for a while. */
function remembered(helper: string, registry: string, timeout: number): Promise<Told | undefined> {
  const key = JSON.stringify([helper, registry, process.env.DOCKER_CONFIG]);
  const known = answers.get(key);
  if (known && Date.now() < known.until) return known.told;
  const told = asked(helper, registry, timeout);
  answers.set(key, { until: Date.now() + KEPT, told });
  told.catch(() => answers.delete(key));
  return told;
}

/** What to send as `authconfig` for an image; undefined when nothing is stored for its registry. */
export async function credentialsFor(
  image: string,
  { timeout = PATIENCE } = {},
): Promise<AuthConfigObject | undefined> {
  const host = registryOf(image);
  const given = process.env.DOCKER_AUTH_CONFIG;
  const found = given && entryOf(parsed(given, 'DOCKER_AUTH_CONFIG').auths, host);
  if (found) return found;
  const { auths, credHelpers, credsStore } = await configuration();
  const serveraddress = host === INDEX ? INDEX_URL : host;
  const helper = credHelpers?.[serveraddress] ?? credHelpers?.[host] ?? credsStore;
  const told = helper ? await remembered(helper, serveraddress, timeout) : undefined;
  if (!told?.Username && !told?.Secret) return entryOf(auths, host);
  const { Username: username, Secret: password } = told as Required<Told>;
  return username === '<token>' ? { identitytoken: password, serveraddress } : { username, password, serveraddress };
}
