// An answer as it crosses the native boundary: its head is one string, taken apart when somebody looks at it.

import type { NativeDuplex, NativeStream } from './native';

/** A whole answer's body: a string when it is JSON. */
export type Body = string | Buffer;

/** An answer with one of three kinds of body. */
export class NativeReply {
  readonly body: Body | undefined;
  readonly stream: NativeStream | undefined;
  readonly duplex: NativeDuplex | undefined;
  /** Status and reason, names and values, with NUL between them. */
  readonly head: string;

  constructor(head: string, value: Body | NativeStream | NativeDuplex) {
    this.head = head;
    if (typeof value === 'string' || Buffer.isBuffer(value)) this.body = value;
    else if ('takeSocket' in value) this.duplex = value;
    else this.stream = value;
  }

  get status(): number {
    return Number(this.head.slice(0, 3));
  }

  get reason(): string {
    return this.#fields()[0]?.slice(4) as string;
  }

  /** Names and values in turn, as they were sent. */
  get headers(): string[] {
    return this.#fields().slice(1);
  }

  #fields(): string[] {
    return this.head.split('\0');
  }

  /** The body's bytes; none for an answer that streams. */
  bytes(): Buffer {
    const { body } = this;
    return typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0));
  }
}
