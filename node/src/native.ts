// The native boundary: three verbs that settle promises, and byte sources that are pulled.
// One function per thread receives every completion from the native side. It never keeps the process alive by itself:
// pending operations do, through one timer that is referenced while there are any.

import type { Asked, ErrorData, Refusal } from './errors';
import { aborted, fromNative } from './errors';
import type { Judges } from './questions';
import { type Body, NativeReply } from './reply';
import type { RetryOptions, Timeouts, VersionChange } from './types';

/** What a stream brought: one piece, or several in one buffer, cut at `ends` where the engine cut them. */
export type NativeBatch = Buffer | { slab: Buffer; ends: Uint32Array };

export interface NativeStream {
  /**
   * What is here already; null when `id` settles with it, after small pieces were delivered to it as they came. With `whole`, always
   * one piece.
   */
  read(id: number, whole: boolean): NativeBatch | null;
  /** Gives up a read that goes on; nothing is lost. */
  rest(id: number): void;
  close(): void;
}

export interface NativeDuplex extends NativeStream {
  /** True when all of it was taken at once; otherwise `id` settles when it has been. */
  write(id: number, data: Uint8Array): boolean;
  end(id: number): void;
  /** The descriptor of the socket, which is then the caller's; null where there is none or it has been used. */
  takeSocket(): number | null;
}

export interface NativeBody {
  /** True when there was room at once; otherwise `id` settles when there is. */
  write(id: number, chunk: Uint8Array): boolean;
  end(id: number): boolean;
  abort(): void;
  /** Has a file read by the core: true when it will be, then `id` settles when it has. Not on Windows. */
  file?(id: number, descriptor: number, inode: bigint, start: number | undefined, end: number): boolean;
  /** How many bytes of it have been read. */
  readonly fileRead?: number;
}

/** A request as it goes on the wire. */
export interface Outgoing {
  method: string;
  target: string;
  /** Names and values in turn. */
  headers: string[];
  body?: Buffer | undefined;
  timeouts?: Timeouts | undefined;
  retry?: RetryOptions | undefined;
}

type Extras = Pick<Outgoing, 'timeouts' | 'retry'>;

export interface NativeEngine {
  /** `line` is the verb, the method and the target, with spaces between them. */
  send(
    id: number,
    line: string,
    headers: string[],
    body: Buffer | undefined,
    source: NativeBody | undefined,
    extras: Extras | undefined,
  ): void;
  cancel(id: number): void;
  close(): void;
  readonly endpoint: string;
  readonly warning: string | null;
}

/** A key of the client, and its password. */
export interface TlsKey {
  pem: Buffer;
  passphrase?: string | undefined;
}

/** TLS settings; documents are PEM. */
export interface TlsSettings {
  ca?: Buffer | undefined;
  /** Authorities besides the system's. */
  extraCa?: Buffer | undefined;
  certs: Buffer[];
  keys: TlsKey[];
  verify: boolean;
}

/** What the core asks while a connection opens. */
export interface NativeQuestions {
  next(id: number): void;
  /** Yes, or a refusal with its reason, which may be empty. False when nobody wants to know any more. */
  answer(question: number, refusal: string | null): boolean;
}

/** The engine a context of the docker command line leads to. */
export interface ContextData {
  address: string;
  rule: string;
  context: string;
  tls: boolean;
  verify: boolean;
  ca?: string;
  cert?: string;
  key?: string;
}

/** What the ssh client inside this process is given. */
export interface SshSettings {
  username?: string | undefined;
  privateKey?: Buffer | undefined;
  passphrase?: string | undefined;
  password?: string | undefined;
  agent?: string | undefined;
  /** Milliseconds. */
  readyTimeout?: number | undefined;
  keepaliveInterval?: number | undefined;
  keepaliveCountMax?: number | undefined;
}

type Settle = (id: number, error: ErrorData | null, value: unknown, head: string | null) => void;
/** `marks`: ids, and where the part of each ends. */
type Deliver = (slab: Buffer, ...marks: number[]) => void;

interface Binding {
  context(): ContextData | null;
  Settler: new (settle: Settle, deliver: Deliver, isNode: boolean) => object;
  Engine: new (settler: object, config: EngineConfig, questions?: NativeQuestions) => NativeEngine;
  Questions: new (settler: object) => NativeQuestions;
  RequestBody: new (settler: object) => NativeBody;
  /** Has the event loop look for an answer for a moment before it sleeps. Not on Windows. */
  lookForAnswer?(): void;
  /** Ends that look. */
  answerCame?(): void;
  kinds(): string[];
  kindTable(): [kind: string, family: string, retry: string, meaning: string, hint: string][];
  describeReply(asked: Asked, refusal: Refusal): ErrorData;
  describeWords(words: string, asked?: Asked, log?: string): ErrorData;
  examine(settler: object, id: number, host: string | undefined, environment: object, patience: number): void;
}

/** The version that is spoken, why (`pinned`, `path`, `unprefixed`) and by whose wish, and what is known of the engine. */
export interface Spoken {
  version: string;
  why: string;
  by?: string | undefined;
  engineRelease?: string | undefined;
  engineMax?: string | undefined;
}

/** One thing to say about a request: `version`, `unknown` or `behaviour`; its plain form as JSON; sentences. */
export interface Told {
  kind: string;
  plain: string;
  text: string;
}

/** What the core knows of API versions. What it refuses is thrown with the code `GenericFailure`. */
interface VersionBinding {
  maySurprise(method: string, target: string, headers: string[], body: string | undefined): boolean;
  review(method: string, target: string, headers: string[], body: string | undefined, spoken: Spoken): Told[];
  checkJson(given: string, unknown: boolean): string;
  behavioursJson(given: string): VersionChange[];
  responseField(method: string, path: string, field: string, spoken: Spoken): string | null;
  knownRange(): string[];
}

/** One line of an examination. */
export interface CheckLine {
  name: string;
  outcome: 'good' | 'warning' | 'bad';
  found: string;
  fix?: string;
  text: string;
}

export interface EngineConfig extends Judges {
  /** `unix:///path`, `tcp://host:port`, `https://host:port`, `ssh://user@host:port` or `npipe:////./pipe/name`. */
  endpoint: string;
  /** Which rule chose it: `explicit`, `DOCKER_HOST`, `default`, `DOCKER_CONTEXT`, `currentContext`. */
  rule?: string | undefined;
  context?: string | undefined;
  tls?: TlsSettings | undefined;
  /** For ssh inside this process instead of the system's `ssh`. */
  ssh?: SshSettings | undefined;
}

interface Waiter {
  /** `goesOn`: this is not the last that it is called. */
  resolve(value: any, goesOn?: boolean): void;
  reject(error: unknown): void;
  /** Whether this operation keeps the process alive. */
  held: boolean;
}

let binding: (Binding & VersionBinding) | undefined;
let settler: object;
const waiting = new Map<number, Waiter>();
/** What the caller's own functions had against a server, by question. */
const refusals = new Map<number, unknown>();
let lastId = 0;
let held = 0;
let keeper: NodeJS.Timeout | undefined;

function hold(by: 1 | -1): void {
  held += by;
  if (held === 1 && by === 1) {
    keeper ??= setInterval(() => undefined, 0x7fffffff);
    keeper.ref();
  } else if (held === 0) {
    keeper?.unref();
  }
}

const settle: Settle = (id, error, value, head) => {
  const waiter = waiting.get(id);
  if (!waiter) return;
  waiting.delete(id);
  if (waiter.held) hold(-1);
  if (error) {
    const { refusal } = error;
    waiter.reject(refusal !== undefined && refusals.has(refusal) ? refusals.get(refusal) : fromNative(error));
    return;
  }
  waiter.resolve(head === null ? value : new NativeReply(head, value as Body | NativeStream | NativeDuplex));
};

const deliver: Deliver = (slab, ...marks) => {
  let start = 0;
  for (let at = 0; at < marks.length; at += 2) {
    const end = marks[at + 1] as number;
    waiting.get(marks[at] as number)?.resolve(slab.subarray(start, end), true);
    start = end;
  }
};

/** The loaded library; throws an error that says which file is missing. */
function load(): Binding & VersionBinding {
  if (!binding) {
    const loader = require('../native.cjs') as { native: Binding & VersionBinding };
    binding = loader.native;
    const { versions } = process;
    settler = new binding.Settler(settle, deliver, !versions.bun && !versions.deno);
  }
  return binding;
}

/** Opens an engine. No byte is sent until the first request. */
export function openEngine(config: EngineConfig): NativeEngine {
  const { Engine, Questions } = load();
  const { hostVerifier, serverIdentity, ...rest } = config;
  const questions = hostVerifier || serverIdentity ? new Questions(settler) : undefined;
  const engine = new Engine(settler, rest, questions);
  if (questions) {
    const { answerQuestions } = require('./questions') as typeof import('./questions');
    void answerQuestions(questions, config, start, refusals);
  }
  warnOnce(engine.warning);
  return engine;
}

const warned = new Set<string>();

function warnOnce(sentence: string | null): void {
  if (!sentence || warned.has(sentence)) return;
  warned.add(sentence);
  process.emitWarning(sentence, { type: 'UnsafeConnectionWarning', code: 'DOCKLINE_UNSAFE_CONNECTION' });
}

/** The context that DOCKER_CONTEXT or the configuration file names, if any; throws when it cannot be read. */
export function readContext(): ContextData | null {
  return load().context();
}

/** A request body that is pushed piece by piece. */
export function openBody(): NativeBody {
  const { RequestBody } = load();
  return new RequestBody(settler);
}

/** The part of the library that knows API versions. */
export function versionsOf(): VersionBinding {
  return load();
}

/** Examines everything between this process and the engine that `host` or the environment chooses. */
export async function examine(host: string | undefined, patience: number): Promise<CheckLine[]> {
  const library = load();
  const begin = (id: number) => library.examine(settler, id, host, { ...process.env }, patience);
  return start<CheckLine[]>(begin);
}

/** The names of every kind of error the core knows. */
export function errorKinds(): string[] {
  return load().kinds();
}

/** Something small was sent by a socket of Node's own: its answer may come before it is worth sleeping. */
export function lookForAnswer(): void {
  load().lookForAnswer?.();
}

/** The answer that was looked for has come. */
export function answerCame(): void {
  load().answerCame?.();
}

/** Every kind: its name, family, retry advice, meaning and hint. */
export function kindTable(): ReturnType<Binding['kindTable']> {
  return load().kindTable();
}

/** What the core makes of an unwelcome answer; nothing when the library is not there (Node's own http needs none). */
export function describeReply(asked: Asked, refusal: Refusal): ErrorData | undefined {
  try {
    return load().describeReply(asked, refusal);
  } catch {
    return undefined;
  }
}

/** What the core makes of a failure reported inside a welcome answer. */
export function describeWords(words: string, asked?: Asked, log?: string): ErrorData | undefined {
  try {
    return load().describeWords(words, asked, log);
  } catch {
    return undefined;
  }
}

/** Starts a native operation and returns the promise of its completion. */
export function start<T>(begin: (id: number) => unknown, keepAlive = true): Promise<T> {
  lastId = lastId === 0xffffffff ? 1 : lastId + 1;
  const id = lastId;
  return new Promise<T>((resolve, reject) => {
    waiting.set(id, { resolve, reject, held: keepAlive });
    if (keepAlive) hold(1);
    try {
      begin(id);
    } catch (error) {
      forget(id);
      reject(error);
    }
  });
}

/**
 * Begins an operation that may be done, or have its value, at once: then that is returned, and nothing is called. Else null, and
 * one of the functions is called when it is over.
 */
export function attempt<T>(
  begin: (id: number) => T | null | false,
  resolve: (value: T | null, goesOn?: boolean) => void,
  reject: (error: unknown) => void,
  keepAlive = true,
): T | null {
  lastId = lastId === 0xffffffff ? 1 : lastId + 1;
  const id = lastId;
  // Nothing settles before this turn is over.
  const value = begin(id);
  if (value) return value;
  waiting.set(id, { resolve, reject, held: keepAlive });
  if (keepAlive) hold(1);
  return null;
}

/** Has an operation never settle. */
export function forget(id: number): Waiter | undefined {
  const waiter = waiting.get(id);
  if (waiter) {
    waiting.delete(id);
    if (waiter.held) hold(-1);
  }
  return waiter;
}

/** Gives a body its next piece, or its end. The promise is there only while there is no room; it rejects when nobody reads any more. */
export function offer(body: NativeBody, chunk: Uint8Array | null): Promise<void> | undefined {
  return unlessDone((id) => (chunk ? body.write(id, chunk) : body.end(id)));
}

/** Begins an operation; there is a promise only while it goes on. */
function unlessDone(begin: (id: number) => boolean): Promise<void> | undefined {
  let resolved: (() => void) | undefined;
  let rejected: ((error: unknown) => void) | undefined;
  const done = attempt(
    begin,
    () => resolved?.(),
    (error) => rejected?.(error),
  );
  if (done) return undefined;
  return new Promise((resolve, reject) => {
    resolved = resolve;
    rejected = reject;
  });
}

/** Has the core read a file into a body. The promise, which is there if it will, resolves when it has. */
export function offerFile(
  body: NativeBody,
  file: { descriptor: number; inode: bigint; start: number | undefined; end: number },
): Promise<void> | undefined {
  const { descriptor, inode, start: from, end } = file;
  return unlessDone((id) => !body.file?.(id, descriptor, inode, from, end));
}

/** One of the three verbs, ended early by `signal`: then its connection is closed and the promise rejects with AbortError. */
export function run(
  engine: NativeEngine,
  verb: 'call' | 'stream' | 'upgrade',
  request: Outgoing,
  source: NativeBody | undefined,
  signal: AbortSignal | undefined,
): Promise<NativeReply> {
  const { method, target, headers, body, timeouts, retry } = request;
  const extras = timeouts || retry ? { timeouts, retry } : undefined;
  const send = (id: number) => engine.send(id, `${verb} ${method} ${target}`, headers, body, source, extras);
  return signal ? untilAborted(engine, send, signal) : start<NativeReply>(send);
}

async function untilAborted(
  engine: NativeEngine,
  send: (id: number) => void,
  signal: AbortSignal,
): Promise<NativeReply> {
  if (signal.aborted) throw aborted(signal);
  let stop: (() => void) | undefined;
  try {
    return await start<NativeReply>((id) => {
      stop = () => {
        engine.cancel(id);
        forget(id)?.reject(aborted(signal));
      };
      signal.addEventListener('abort', stop, { once: true });
      send(id);
    });
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Whether an operation that has not settled keeps the process alive. */
export function keep(id: number, keepAlive: boolean): void {
  const current = waiting.get(id);
  if (!current || current.held === keepAlive) return;
  current.held = keepAlive;
  hold(keepAlive ? 1 : -1);
}
