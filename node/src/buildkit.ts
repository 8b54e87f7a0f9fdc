// BuildKit's traces: protobuf in base64 inside a progress stream, turned into the lines a person wants to see.
// Reads only the fields it shows; unknown ones are skipped, so newer engines do no harm.

import type { LineReader } from './progress';

type Field = { number: number; value: bigint | Buffer };

/** The fields of one protobuf message, in order. Stops with an error at bytes that are not protobuf. */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('not a protobuf message');
  };
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw new Error('not a protobuf message');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    if ((tag & 7) === 0) yield { number, value: varint() };
    else if ((tag & 7) === 1) yield { number, value: take(8) };
    else if ((tag & 7) === 2) yield { number, value: take(Number(varint())) };
    else if ((tag & 7) === 5) yield { number, value: take(4) };
    else throw new Error('not a protobuf message');
  }
}

/** The last value of each field of a message. */
function record(message: Buffer): Map<number, bigint | Buffer> {
  return new Map([...fieldsOf(message)].map(({ number, value }) => [number, value]));
}

function text(value: bigint | Buffer | undefined): string {
  return Buffer.isBuffer(value) ? value.toString() : '';
}

/** A step: announced when it starts, and when it came from the cache. */
function* step(message: Buffer): Generator<string> {
  const fields = record(message);
  const [digest, name, error] = [text(fields.get(1)), text(fields.get(3)), text(fields.get(7))];
  const [started, completed] = [fields.has(5), fields.has(6)];
  if (name && started && !completed) yield `[${digest.slice(0, 12)}] ${name}`;
  if (error) yield `ERROR: ${error}`;
  if (completed && fields.get(4)) yield `CACHED: ${name}`;
}

/** Progress of one transfer inside a step. */
function* status(message: Buffer): Generator<string> {
  const fields = record(message);
  const name = text(fields.get(3));
  const current = BigInt.asIntN(64, BigInt((fields.get(4) as bigint | undefined) ?? 0n));
  const total = BigInt.asIntN(64, BigInt((fields.get(5) as bigint | undefined) ?? 0n));
  if (name && total > 0n) yield `${name}: ${(current * 100n) / total}% (${current}/${total})`;
}

/** Output of a command. */
function* log(message: Buffer): Generator<string> {
  const said = text(record(message).get(4));
  if (said.trim()) yield said.trimEnd();
}

function* warning(message: Buffer): Generator<string> {
  yield `WARNING: ${text(record(message).get(3))}`;
}

const SECTIONS: Array<[number, (message: Buffer) => Generator<string>]> = [
  [1, step],
  [3, log],
  [2, status],
  [4, warning],
];

/** The readable lines of one trace: steps, then output, then progress, then warnings. */
export function linesOf(trace: Buffer): string[] {
  const fields = [...fieldsOf(trace)];
  return SECTIONS.flatMap(([number, render]) =>
    fields.filter((field) => field.number === number).flatMap(({ value }) => [...render(value as Buffer)]),
  );
}

/** Events of one line: a trace becomes `{stream}` events, other JSON stays as it is, anything else is left out. */
export const readTraces: LineReader = (line) => {
  let event: any;
  try {
    event = JSON.parse(line);
  } catch {
    return [];
  }
  if (!event) return [];
  try {
    if (event.id === 'moby.buildkit.trace' && event.aux !== undefined) {
      return linesOf(Buffer.from(String(event.aux), 'base64')).map((said) => ({ stream: `${said}\n` }));
    }
  } catch {
    return [];
  }
  if (event.id === 'moby.image.id' && event.aux?.ID) return [{ stream: `Built image: ${event.aux.ID}\n` }];
  return [event];
};
