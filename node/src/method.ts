// A resource's method is a row: what it sends, which statuses it accepts, and how its arguments are laid out.
// Every row becomes a real, writable, enumerable prototype member that goes through the public `modem.dial`,
// so programs can stub either. Callback and promise forms are the same call.

import { takeOwn } from './request';
import type { DialOptions, StatusCodes } from './types';
import { processArgs } from './util';
import { takeWait, type Wait, whole } from './waiting';

/** What `this` is inside a method: every resource has a modem, and an id or a name for its path. */
export interface Resource {
  modem: any;
  id?: string;
  name?: string;
  defaultOptions?: Record<string, object>;
}

/** One method of one resource. */
export interface Row {
  verb: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** The path, with `{}` for the resource's id or name; a trailing `?` lets options become the query. */
  path: string;
  /** Accepted statuses (`true`) and the reason given for others. */
  statuses: StatusCodes;
  /** How arguments are laid out: `options` is `(opts, cb)`. */
  form?: 'options' | 'none' | 'auth-first' | 'file-first' | 'name-first' | 'auth-last';
  /** False when the caller's options are not sent. */
  send?: false;
  /** Which entry of `defaultOptions` applies. */
  defaults?: string;
  /** `authconfig` among the options is a registry credential and travels as a header. */
  auth?: true;
  /** Whether the answer is handed over as a stream. */
  stream?: true | ((options: any) => unknown);
  /** The answer reports progress: the caller may wait for its end. */
  progress?: true;
  allowEmpty?: true;
  /** Adds to, or replaces, what is sent: gets a private copy of the options. */
  prepare?: (this: any, options: any, dial: DialOptions) => void;
  /** Answers the call in another way than by one request; undefined goes on as usual. */
  instead?: (this: any, options: any, dial: DialOptions) => unknown;
  /** Makes the result from the answer. */
  reply?: (this: any, answer: any, options: any) => unknown;
}

/** Runs `dial` for a method and settles its callback, or the promise it returns. */
export function dial(
  resource: Resource,
  request: DialOptions,
  callback: ((error: any, result?: any) => void) | undefined,
  reply?: (answer: any) => unknown,
  wait?: Wait,
): any {
  const finish = (settle: (error: any, result?: any) => void) =>
    resource.modem.dial(request, (error: any, answer: any) => {
      if (error) return settle(error, answer);
      if (wait) return whole(answer, wait, settle);
      settle(error, reply ? reply(answer) : answer);
    });
  if (callback !== undefined) return void finish(callback);
  return new resource.modem.Promise((resolve: (value: any) => void, reject: (reason: any) => void) => {
    finish((error, result) => (error ? reject(error) : resolve(result)));
  });
}

interface Laid {
  options: any;
  callback: any;
  auth?: any;
  file?: any;
  segment?: string;
}

/** Sorts a call's arguments out by the row's form. The options that come back are a copy. */
function lay(row: Row, defaults: unknown, args: any[]): Laid {
  switch (row.form ?? 'options') {
    case 'none':
      return { options: {}, callback: args[0] ?? undefined };
    case 'file-first':
    case 'name-first': {
      const { opts, callback } = processArgs(args[1], args[2], defaults);
      return row.form === 'file-first'
        ? { file: args[0], options: opts, callback }
        : { segment: args[0], options: opts, callback };
    }
    case 'auth-last': {
      const { opts, callback } = processArgs(args[0], args[1], defaults);
      return { options: opts, callback, auth: opts.authconfig ?? args[2] };
    }
    case 'auth-first': {
      let [auth, options, callback] = args;
      if (!callback && (typeof options === 'function' || !options)) {
        callback = options;
        options = auth;
        auth = options?.authconfig;
      }
      const laid = processArgs(options, callback, defaults);
      return { auth: auth ?? undefined, options: laid.opts, callback: laid.callback };
    }
    default: {
      const { opts, callback } = processArgs(args[0], args[1], defaults);
      return { options: opts, callback, auth: row.auth ? opts.authconfig : undefined };
    }
  }
}

function call(row: Row, self: Resource, args: any[]): any {
  const laid = lay(row, row.defaults ? self.defaultOptions?.[row.defaults] : undefined, args);
  const { options, callback } = laid;
  const segments = [String(self.id ?? self.name), String(laid.segment)];
  const path = row.path.replace(/\{\}/g, () => segments.shift() ?? '');
  const request: DialOptions = { path, method: row.verb, statusCodes: row.statuses };
  if (laid.auth !== undefined) request.authconfig = laid.auth;
  if (row.form === 'file-first') request.file = laid.file;
  if (row.stream) request.isStream = (row.stream === true ? true : row.stream(options)) as boolean;
  if (row.allowEmpty) request.allowEmpty = true;
  if (row.send !== false && row.form !== 'none') request.options = options;
  const wait = row.progress && takeWait(options);
  if (wait) request.isStream = true;
  row.prepare?.call(self, options, request);
  takeOwn(options, request);
  const other = row.instead?.call(self, options, request);
  if (other !== undefined) return other;
  const reply = row.reply;
  return dial(self, request, callback, reply && ((answer) => reply.call(self, answer, options)), wait);
}

const ARITY: Record<NonNullable<Row['form']>, number> = {
  options: 2,
  none: 1,
  'auth-first': 3,
  'file-first': 3,
  'name-first': 3,
  'auth-last': 3,
};

/** A function for a row, named and with the arity its form has. */
export function method(name: string, row: Row): (...args: any[]) => any {
  const member = function (this: Resource, ...args: any[]) {
    return call(row, this, args);
  };
  Object.defineProperty(member, 'name', { value: name });
  Object.defineProperty(member, 'length', { value: ARITY[row.form ?? 'options'] });
  return member;
}

/** A class: `init` fills the instance, rows and plain functions become its prototype. Works with `new`, `extends` and `.call`. */
export function resource<C>(name: string, init: Function, members: Record<string, Row | Function>): C {
  Object.defineProperty(init, 'name', { value: name });
  const prototype = init.prototype as Record<string | symbol, unknown>;
  for (const [key, member] of Object.entries(members)) {
    prototype[key] = typeof member === 'function' ? member : method(key, member);
  }
  // Printing a resource shows its own fields, not a placeholder.
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value: function (this: unknown) {
      return this;
    },
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return init as C;
}
