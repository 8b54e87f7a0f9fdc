// Tells what an engine would ignore, drop, refuse or take for something else, by the client's policy: `warn` (a process warning,
// once per call site), `error` (the call rejects before anything is sent) or `ignore`.
//
// A warning costs no request: when the engine's version is not known yet, its answer tells, and the warning follows the answer.
// Only `error` asks first, and only for a request that not every version understands in the same way.

import { fromNative } from './errors';
import { type Spoken, type Told, versionsOf } from './native';
import { ask, engineOf, learn, plain, type Said } from './negotiation';
import type { DialOptions, Modem, RequestOptions, VersionPolicy } from './types';

/** Names the policy of clients that are not given one. */
const VARIABLE = 'DOCKLINE_ON_VERSION_MISMATCH';
const POLICIES = ['warn', 'error', 'ignore'];
const CODE = 'DOCKLINE_VERSION_MISMATCH';

function named(what: string, value: unknown): VersionPolicy {
  if (POLICIES.includes(value as string)) return value as VersionPolicy;
  const message = `${what} must be one of 'warn', 'error' and 'ignore', not ${JSON.stringify(value)}`;
  throw fromNative({ kind: 'invalid_argument', message });
}

/** What the environment named when a client sent its first request: looking there takes long. */
const inherited = new WeakMap<object, VersionPolicy>();

/** The policy of a client: its option, the environment's, or `warn`. */
function settled(modem: Modem): VersionPolicy {
  if (modem.onVersionMismatch !== undefined) return named('onVersionMismatch', modem.onVersionMismatch);
  let policy = inherited.get(modem);
  if (!policy) {
    const given = process.env[VARIABLE];
    policy = given ? named(VARIABLE, given) : 'warn';
    inherited.set(modem, policy);
  }
  return policy;
}

/** A request that has something to say about. */
interface Notice {
  policy: VersionPolicy;
  request: [method: string, target: string, headers: string[], body: string | undefined];
  /** The stack of the call. */
  stack: string;
  /** Nothing has been told yet: the version is not known. */
  pending: boolean;
  refusal?: Error;
}

const notices = new WeakMap<object, Notice>();

/** Requests without a body that no version has anything to say about. Bounded: ids make new ones all the time. */
const quiet = new Set<string>();
const QUIET = 1000;

function surprises(request: Notice['request']): boolean {
  if (request[3] !== undefined || request[2].length > 0) return versionsOf().maySurprise(...request);
  const key = `${request[0]} ${request[1]}`;
  if (quiet.has(key)) return false;
  if (versionsOf().maySurprise(...request)) return true;
  if (quiet.size >= QUIET) quiet.clear();
  quiet.add(key);
  return false;
}

/** Names of headers that an API version may not know, with nothing behind them: their values are secrets. */
function suspicious(headers: Record<string, any>): string[] {
  const flat: string[] = [];
  for (const name in headers) if (/^x-/i.test(name)) flat.push(name, '');
  return flat;
}

/** The stack of the program's call; more than the usual ten frames, since some of them are ours. */
function stackHere(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const stack = String(new Error().stack);
  Error.stackTraceLimit = limit;
  return stack
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes(__dirname) && !line.endsWith('(<anonymous>)'))
    .join('\n');
}

/** Looks at a request while its caller is still on the stack. */
export function look(modem: Modem, request: RequestOptions, context: DialOptions, data: unknown): void {
  const onVersionMismatch = context.onVersionMismatch ?? context.options?.onVersionMismatch;
  try {
    const policy = onVersionMismatch === undefined ? settled(modem) : named('onVersionMismatch', onVersionMismatch);
    if (policy === 'ignore') return;
    const body = typeof data === 'string' ? data : undefined;
    const asked: Notice['request'] = [request.method ?? 'GET', request.path, suspicious(request.headers), body];
    if (!surprises(asked)) return;
    const notice: Notice = { policy, request: asked, stack: stackHere(), pending: true };
    notices.set(context, notice);
    tell(modem, notice);
  } catch (error) {
    // A library that cannot be loaded is told by the request itself, or not needed by it.
    if ((error as { code?: string }).code === 'ERR_DOCKLINE_NATIVE') return;
    notices.set(context, {
      policy: 'error',
      request: ['', '', [], undefined],
      stack: '',
      pending: false,
      refusal: error as Error,
    });
  }
}

/** Waits for what has to be known before a request may be sent; rejects when it must not be. */
export function before(modem: Modem, context: DialOptions): Promise<void> | undefined {
  const notice = notices.get(context);
  if (!notice) return undefined;
  if (notice.refusal) return Promise.reject(notice.refusal);
  if (!notice.pending || notice.policy !== 'error') return undefined;
  return ask(modem).then(() => {
    tell(modem, notice);
    if (notice.refusal) throw notice.refusal;
  });
}

/** Takes note of an answer, and tells what had to wait for it. */
export function after(modem: Modem, context: DialOptions, answer: Said): void {
  learn(modem, answer);
  const notice = notices.get(context);
  if (notice?.pending) tell(modem, notice);
}

/** The version a request is sent with, and why; undefined when only the engine knows. */
function spoken(modem: Modem, target: string): Spoken | undefined {
  const engine = engineOf(modem);
  const facts = { engineRelease: engine?.release, engineMax: engine?.max };
  const prefix = /^\/v(\d+\.\d+)\//.exec(target)?.[1];
  if (prefix === undefined) return engine?.max ? { version: engine.max, why: 'unprefixed', ...facts } : undefined;
  const pinned = modem.version !== undefined && plain(modem.version) === prefix;
  return { version: prefix, ...(pinned ? { why: 'pinned', by: 'the option version' } : { why: 'path' }), ...facts };
}

/** An empty `VolumesFrom` is what `run` sends, as the original does: it means nothing, and no program has asked for it. */
function isOwn({ plain: finding }: Told, body: string | undefined): boolean {
  if (!body || !finding.includes('"VolumesFrom"') || JSON.parse(finding).path !== 'VolumesFrom') return false;
  return JSON.parse(body).VolumesFrom?.length === 0;
}

function tell(modem: Modem, notice: Notice): void {
  const version = spoken(modem, notice.request[1]);
  if (!version) return;
  notice.pending = false;
  const told = versionsOf()
    .review(...notice.request, version)
    .filter((one) => !isOwn(one, notice.request[3]));
  const lost = told.filter(({ kind }) => kind !== 'behaviour');
  if (notice.policy === 'error' && lost.length > 0) notice.refusal = refusal(lost, notice);
  else for (const one of told) warn(one, notice.stack);
}

function refusal(lost: Told[], { request, stack }: Notice): Error {
  const message = lost.map(({ text }) => text).join('\n');
  const [method, path] = request;
  const error = fromNative({ kind: 'version_mismatch', message, method, path }) as Error & { findings?: unknown };
  error.name = 'InvalidVersion';
  error.stack = `${error.name}: ${message}\n${stack}`;
  Object.defineProperty(error, 'findings', { value: lost.map((one) => JSON.parse(one.plain)) });
  return error;
}

const warned = new Set<string>();
const WARNED = 10_000;

function warn({ kind, text, plain: finding }: Told, stack: string): void {
  const key = `${text}\n${stack.split('\n', 1)[0]}`;
  if (warned.has(key)) return;
  if (warned.size >= WARNED) warned.clear();
  warned.add(key);
  const warning = new Error(text) as Error & { code?: string; finding?: unknown };
  warning.name = kind === 'behaviour' ? 'DocklineBehaviourWarning' : 'DocklineVersionWarning';
  warning.code = CODE;
  warning.stack = `${warning.name}: ${text}\n${stack}`;
  warning.finding = JSON.parse(finding);
  process.emitWarning(warning);
}
