// The one place where error data becomes JavaScript errors. Every kind the core knows is mapped here (a test walks them all),
// and every error keeps the fields old programs look at: `statusCode`, `reason`, `json`, `code`, `errno`, `syscall`, `address`.

import { getSystemErrorMap } from 'node:util';
import type { StatusCodes } from './types';

/** An error as it crosses from the native side. */
export interface ErrorData {
  kind: string;
  message: string;
  hint?: string;
  phase?: string;
  osCode?: number;
  endpoint?: string;
  method?: string;
  path?: string;
  received?: number;
}

/** An error made by dockline: always an ordinary `Error`, with as many of these fields as are known. */
export interface EngineError extends Error {
  kind?: string;
  code?: string;
  errno?: number;
  syscall?: string;
  address?: string;
  phase?: string;
  hint?: string;
  received?: number;
  statusCode?: number;
  reason?: string;
  json?: any;
}

/**
 * What Node itself would have called each kind of the core, for errors that carry no operating system error of their own.
 * Kinds of unwelcome statuses have no entry: those become `fromStatus` errors, which are told apart by `statusCode`.
 */
const CODES: Record<string, string> = {
  daemon_not_found: 'ENOENT',
  socket_permission_denied: 'EACCES',
  daemon_refused: 'ECONNREFUSED',
  connect_failed: 'ECONNREFUSED',
  name_resolution: 'ENOTFOUND',
  connection_lost: 'ECONNRESET',
  truncated: 'ECONNRESET',
  protocol: 'ERR_DOCKLINE_PROTOCOL',
  timeout: 'ETIMEDOUT',
  cancelled: 'ABORT_ERR',
  closed: 'ERR_DOCKLINE_CLOSED',
  daemon_stream: 'ERR_DOCKLINE_DAEMON_STREAM',
  too_large: 'ERR_DOCKLINE_TOO_LARGE',
  version_out_of_range: 'ERR_DOCKLINE_VERSION',
  version_mismatch: 'ERR_DOCKLINE_VERSION',
  invalid_argument: 'ERR_INVALID_ARG_VALUE',
  config: 'ERR_DOCKLINE_CONFIG',
  tls: 'ERR_DOCKLINE_TLS',
  ssh: 'ERR_DOCKLINE_SSH',
  unsupported: 'ERR_DOCKLINE_UNSUPPORTED',
  stream_error: 'ERR_DOCKLINE_STREAM_ERROR',
  body_source: 'ERR_DOCKLINE_BODY',
  io: 'EIO',
};

/** Kinds that say the connection could not be opened: the system call that failed is `connect` (or the name's lookup). */
const OPENING = new Set(['daemon_not_found', 'socket_permission_denied', 'daemon_refused', 'connect_failed']);

/** The Node name (`ENOENT`) of an errno, if it has one. */
function systemName(osCode: number | undefined): string | undefined {
  return osCode === undefined ? undefined : getSystemErrorMap().get(-osCode)?.[0];
}

/** The code a program can compare with. A kind without one gets its own name, so that none is ever empty. */
export function codeOf(data: Pick<ErrorData, 'kind' | 'osCode'>): string {
  if (data.kind === 'timeout' || data.kind === 'cancelled') return CODES[data.kind] as string;
  return systemName(data.osCode) ?? CODES[data.kind] ?? `ERR_DOCKLINE_${data.kind.toUpperCase()}`;
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
    kind: data.kind,
    errno: data.osCode === undefined ? undefined : -data.osCode,
    syscall,
    address: syscall === 'connect' ? addressOf(data) : undefined,
    phase: data.phase,
    hint: data.hint,
    received: data.received,
  };
  for (const key of Object.keys(fields)) {
    if (fields[key] !== undefined) (error as any)[key] = fields[key];
  }
  if (data.kind === 'cancelled') error.name = 'AbortError';
  if (data.kind === 'timeout') {
    // What the original raises for every timeout, kept where code that looks for it can find it.
    error.cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  }
  return error;
}

/** The error of a call that its own AbortSignal ended. */
export function aborted(signal: AbortSignal): EngineError {
  const error = new Error('The operation was aborted', { cause: signal.reason }) as EngineError;
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  error.kind = 'cancelled';
  return error;
}

/** An answer whose status the method does not accept. `cause` is what the engine said: its `message`, or the raw body. */
export function fromStatus(status: number, statuses: StatusCodes, cause: any, json: any): EngineError {
  const reason = statuses[status] as string | undefined;
  const said = cause?.message || cause?.error || cause;
  const error = new Error(`(HTTP code ${status}) ${reason || 'unexpected'} - ${said} `) as EngineError;
  error.reason = reason;
  error.statusCode = status;
  error.json = json;
  return error;
}
