// The one place where error data becomes JavaScript errors. Every kind the core knows is mapped here (a test walks them all),
// and every error keeps the fields old programs look at: `statusCode`, `reason`, `json`, `code`, `errno`, `syscall`, `address`.
// What the core adds is not enumerable, so that errors look as they did; `util.inspect` shows what went wrong and what to do.

import { getSystemErrorMap, type InspectOptions, inspect } from 'node:util';
import type { StatusCodes } from './types';

/** An error as it crosses from the native side. */
export interface ErrorData {
  kind: string;
  message: string;
  family?: string;
  explanation?: string;
  hint?: string;
  fields?: Record<string, string>;
  retryable?: boolean;
  apiVersion?: string;
  phase?: string;
  osCode?: number;
  endpoint?: string;
  method?: string;
  path?: string;
  received?: number;
  /** The question that was answered with no. */
  refusal?: number;
}

/** A request as the core describes errors with; its headers are only looked into, never kept. */
export interface Asked {
  method: string;
  target: string;
  /** Names and values in turn. */
  headers: string[];
  endpoint: string;
}

/** An unwelcome answer. */
export interface Refusal {
  status: number;
  reason: string;
  /** Names and values in turn. */
  headers: string[];
  body: Buffer;
}

/** The request that a streamed answer belongs to, for failures reported inside it. */
export const askedFor = new WeakMap<object, () => Asked>();

/** An error made by dockline: always an ordinary `Error`, with as many of these fields as are known. */
export interface EngineError extends Error {
  /** One of a closed list: see ERRORS.md. */
  kind?: string;
  /** What kinds have in common: `registry`, `conflict`, `network` … */
  family?: string;
  code?: string;
  errno?: number;
  syscall?: string;
  address?: string;
  phase?: string;
  /** What went wrong, as one sentence. */
  explanation?: string;
  /** What to do about it. */
  hint?: string;
  /** The named parts: container, image, port … */
  fields?: Record<string, string>;
  /** Whether the request may be repeated, and that may help. */
  retryable?: boolean;
  method?: string;
  path?: string;
  apiVersion?: string;
  endpoint?: string;
  received?: number;
  statusCode?: number;
  reason?: string;
  json?: any;
}

/** What Node itself would have called a kind; every other kind's code is its own name: `DOCKER_NAME_IN_USE`. */
const CODES: Record<string, string> = {
  daemon_not_found: 'ENOENT',
  socket_permission_denied: 'EACCES',
  daemon_refused: 'ECONNREFUSED',
  connect_failed: 'ECONNREFUSED',
  name_resolution: 'ENOTFOUND',
  connection_lost: 'ECONNRESET',
  truncated: 'ECONNRESET',
  timeout: 'ETIMEDOUT',
  cancelled: 'ABORT_ERR',
  invalid_argument: 'ERR_INVALID_ARG_VALUE',
  tls: 'EPROTO',
  tls_expired: 'CERT_HAS_EXPIRED',
  tls_wrong_host: 'ERR_TLS_CERT_ALTNAME_INVALID',
  tls_unknown_authority: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  wrong_protocol: 'EPROTO',
  io: 'EIO',
};

/** What OpenSSL, and so Node, calls what is wrong with a certificate. */
const CERTIFICATE_CODES: Record<string, string> = {
  not_valid_yet: 'CERT_NOT_YET_VALID',
  purpose: 'INVALID_PURPOSE',
  self_signed: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  self_signed_in_chain: 'SELF_SIGNED_CERT_IN_CHAIN',
  issuer_unknown: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
};

/** Kinds that say the connection could not be opened: the system call that failed is `connect` (or the name's lookup). */
const OPENING = new Set(['daemon_not_found', 'socket_permission_denied', 'daemon_refused', 'connect_failed']);

/** The Node name (`ENOENT`) of an errno, if it has one. */
function systemName(osCode: number | undefined): string | undefined {
  return osCode === undefined ? undefined : getSystemErrorMap().get(-osCode)?.[0];
}

/** The code a program can compare with. A kind without one gets its own name, so that none is ever empty. */
export function codeOf(data: Pick<ErrorData, 'kind' | 'osCode' | 'fields'>): string {
  if (data.kind === 'timeout' || data.kind === 'cancelled') return CODES[data.kind] as string;
  const certificate = CERTIFICATE_CODES[data.fields?.certificate ?? ''];
  return certificate ?? systemName(data.osCode) ?? CODES[data.kind] ?? `DOCKER_${data.kind.toUpperCase()}`;
}

/** How `util.inspect` shows an error: as ever, and below it what went wrong and what to do. */
function shown(this: EngineError, _depth: number, options: InspectOptions): string {
  const usual = inspect(this, { ...options, customInspect: false });
  const told = [this.explanation, this.hint].filter((line) => line && !usual.includes(line));
  return [usual, ...told.map((line) => `  ${line}`)].join('\n');
}

/** Puts what the core knows beside an error, where `Object.keys` and comparisons do not see it. */
function tell(error: EngineError, data: ErrorData, code: string | undefined): EngineError {
  const facts: Record<string | symbol, unknown> = {
    kind: data.kind,
    family: data.family,
    code,
    explanation: data.explanation ?? data.message,
    hint: data.hint,
    fields: data.fields ?? {},
    retryable: data.retryable ?? false,
    phase: data.phase,
    received: data.received,
    method: data.method,
    path: data.path,
    apiVersion: data.apiVersion,
    endpoint: data.endpoint,
    [inspect.custom]: shown,
  };
  for (const key of Reflect.ownKeys(facts)) {
    const value = facts[key];
    if (value === undefined || key in error) continue;
    Object.defineProperty(error, key, { value, writable: true, configurable: true });
  }
  return error;
}

function syscallOf(data: ErrorData): string | undefined {
  if (OPENING.has(data.kind)) return 'connect';
  if (data.kind === 'name_resolution') return 'getaddrinfo';
  return data.osCode === undefined ? undefined : 'read';
}

/** The socket's path, or host and port, without the scheme. */
function addressOf(data: ErrorData): string | undefined {
  return data.endpoint?.replace(/^[a-z+]+:\/\//, '');
}

function messageOf(data: ErrorData, code: string, syscall: string | undefined): string {
  // Programs match Node's own wording (`connect ENOENT /var/run/docker.sock`, `socket hang up`): it comes first, ours follows.
  switch (data.kind) {
    case 'timeout':
    case 'connection_lost':
      return `socket hang up: ${data.message}`;
    case 'truncated':
      return `aborted: ${data.message}`;
    case 'cancelled':
      return 'The operation was aborted';
    default:
      if (syscall !== 'connect' && syscall !== 'getaddrinfo') return data.message;
      return [syscall, code, addressOf(data)].filter(Boolean).join(' ').concat(`: ${data.message}`);
  }
}

/** Rebuilds the error that native data describes. */
export function fromNative(data: ErrorData): EngineError {
  const code = codeOf(data);
  const syscall = syscallOf(data);
  const error = new Error(messageOf(data, code, syscall)) as EngineError;
  const fields: Record<string, unknown> = {
    code,
    errno: data.osCode === undefined ? undefined : -data.osCode,
    syscall,
    address: syscall === 'connect' ? addressOf(data) : undefined,
  };
  for (const key of Object.keys(fields)) {
    if (fields[key] !== undefined) (error as any)[key] = fields[key];
  }
  if (data.kind === 'cancelled') error.name = 'AbortError';
  if (data.kind === 'timeout') {
    // What the original raises for every timeout, kept where code that looks for it can find it.
    error.cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  }
  return tell(error, data, undefined);
}

/** The error of a failure that the engine reported in these words inside a welcome answer. */
export function fromWords(words: string, data: ErrorData | undefined): EngineError {
  const known = data ?? { kind: 'stream_error', message: words };
  const error = new Error(words) as EngineError;
  error.code = codeOf(known);
  return tell(error, known, undefined);
}

/** The error of a call that its own AbortSignal ended. */
export function aborted(signal: AbortSignal): EngineError {
  const error = new Error('The operation was aborted', { cause: signal.reason }) as EngineError;
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  return tell(error, { kind: 'cancelled', family: 'client', message: error.message }, undefined);
}

/**
 * An answer whose status the method does not accept. `cause` is what the engine said: its `message`, or the raw body; `data` is
 * what the core makes of it.
 */
export function fromStatus(
  status: number,
  statuses: StatusCodes,
  cause: any,
  json: any,
  data?: ErrorData,
): EngineError {
  const reason = statuses[status] as string | undefined;
  const said = cause?.message || cause?.error || cause;
  const error = new Error(`(HTTP code ${status}) ${reason || 'unexpected'} - ${said} `) as EngineError;
  error.reason = reason;
  error.statusCode = status;
  error.json = json;
  return data ? tell(error, data, codeOf(data)) : error;
}
