// From a `dial` description to what goes on the wire: path, query, headers and body, byte for byte as dockerode sends them.
// Pure: no I/O besides opening a named file, and the caller's objects are never changed.

import * as querystring from 'node:querystring';
import type { DialOptions, RequestOptions } from './types';

/** A request's body before it is sent. */
export type Data = string | Buffer | NodeJS.ReadableStream | undefined;

/** A query string: objects become JSON, arrays repeat their key. */
export function buildQuerystring(options: Record<string, any>): string {
  const flat: Record<string, any> = {};
  for (const [key, value] of Object.entries(options)) {
    flat[key] = value && typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : value;
  }
  return querystring.stringify(flat);
}

/** Options of a call that are never sent: they must reach neither the query nor the body. */
const UNSENT = ['authconfig', 'abortSignal', 'onVersionMismatch', 'timeouts', 'highWaterMark'] as const;

/** Those that are the call's own wherever they stand; `authconfig` belongs to the methods that have one. */
const OWN_OPTIONS = UNSENT.slice(1) as Exclude<(typeof UNSENT)[number], 'authconfig'>[];

/** Moves a call's own options (a private copy) to where they belong. */
export function takeOwn(options: Record<string, any>, dial: DialOptions): void {
  for (const name of OWN_OPTIONS) if (options[name] !== undefined) dial[name] = options[name];
  for (const name of UNSENT) if (name in options) delete options[name];
}

/** The caller's options without those. */
function sendable(options: DialOptions['options']): Record<string, any> | undefined {
  if (!options || !UNSENT.some((name) => options[name])) return options;
  const rest = { ...options };
  for (const name of UNSENT) delete rest[name];
  return rest;
}

function targetOf(dial: DialOptions, options: Record<string, any> | undefined, version: string | undefined): string {
  const path = (version ? `/${version}` : '') + dial.path;
  if (!dial.path.includes('?')) return path;
  if (!options || Object.keys(options).length === 0) return path.slice(0, -1);
  return path + buildQuerystring(options._query || options);
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

function registryAuth(config: Record<string, any>): string {
  return config.key || config.base64 || base64(config).replace(/\+/g, '-').replace(/\//g, '_');
}

interface Modemish {
  version?: string;
  headers: Record<string, any>;
}

/** The request a `dial` stands for. */
export function buildRequest(modem: Modemish, dial: DialOptions): { request: RequestOptions; data: Data } {
  const options = sendable(dial.options);
  const headers: Record<string, any> = { ...(dial.headers ?? modem.headers) };
  const request: RequestOptions = { path: targetOf(dial, options, modem.version), method: dial.method, headers };
  if (dial.authconfig) headers['X-Registry-Auth'] = registryAuth(dial.authconfig);
  if (dial.registryconfig) headers['X-Registry-Config'] = dial.registryconfig.base64 || base64(dial.registryconfig);
  if (dial.abortSignal) request.signal = dial.abortSignal;

  const data = bodyOf(dial, options, headers);
  if (typeof data === 'string' || Buffer.isBuffer(data)) headers['Content-Length'] = Buffer.byteLength(data);
  else if (dial.method === 'PUT' || dial.hijack || dial.openStdin) headers['Transfer-Encoding'] = 'chunked';
  if (dial.hijack) {
    headers.Connection = 'Upgrade';
    headers.Upgrade ??= 'tcp';
  }
  return { request, data };
}

function bodyOf(dial: DialOptions, options: Record<string, any> | undefined, headers: Record<string, any>): Data {
  const given = dial.headers?.['Content-Type'];
  if (dial.file) {
    headers['Content-Type'] = given ?? 'application/tar';
    if (typeof dial.file !== 'string') return dial.file as Data;
    const { createReadStream } = require('node:fs') as typeof import('node:fs');
    const { resolve } = require('node:path') as typeof import('node:path');
    return createReadStream(resolve(dial.file));
  }
  if (!options || dial.method !== 'POST') return undefined;
  const json = JSON.stringify(options._body || options);
  // An empty object says nothing and is not sent, except where the engine insists on a body.
  if (json === undefined || (!dial.allowEmpty && (json === '{}' || json === '""'))) return undefined;
  headers['Content-Type'] = given ?? 'application/json';
  return json;
}

/** Refuses what must never reach a request line: spaces, control characters, anything outside Latin-1. */
export function checkTarget(target: string): void {
  if (!/[^\u0021-\u00ff]/.test(target)) return;
  const error = new TypeError('Request path contains unescaped characters') as TypeError & { code: string };
  error.code = 'ERR_UNESCAPED_CHARACTERS';
  throw error;
}

/** Host and port of a client that has a host, which may carry a protocol of its own. */
export function hostOf(modem: { host?: string; port?: string | number; protocol: string }): {
  hostname: string;
  port: number;
} {
  const host = String(modem.host);
  const named = /^[a-z][a-z0-9+.-]*:\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?/i.exec(host);
  const hostname = (named?.[1] ?? host).replace(/^\[|\]$/g, '');
  const port = modem.port || named?.[2] || (modem.protocol === 'https' ? 443 : 80);
  return { hostname, port: Number(port) };
}

/** With a host, Node's URL parser stood between caller and wire and escaped these; the wire stays the same. */
export function escapeTarget(target: string): string {
  return target.replace(
    /[\t\n\r "'<>`{|}^]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
