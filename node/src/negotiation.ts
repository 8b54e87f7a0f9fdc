// What a client knows of its engine's versions. Every answer of an engine names its newest version and its release, so mostly
// nothing has to be asked; `docker.negotiation()` asks when it is not known.

import { inspect } from 'node:util';
import { fromNative } from './errors';
import { versionsOf } from './native';
import type { Modem, Negotiation } from './types';

/** What an engine said about itself. */
export interface Engine {
  max?: string | undefined;
  min?: string | undefined;
  release?: string | undefined;
}

const known = new WeakMap<object, Engine>();

/** What has been learned about the engine of a modem. */
export function engineOf(modem: object): Engine | undefined {
  return known.get(modem);
}

function field(headers: string[], name: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const key = headers[at] as string;
    if (key.length === name.length && key.toLowerCase() === name) return headers[at + 1];
  }
  return undefined;
}

/** An answer's headers, names and values in turn; and its head as one string, where there is one. */
export interface Said {
  readonly headers: string[];
  readonly head?: string;
}

const heads = new WeakMap<object, string>();

/** Takes note of what an answer's headers say: the engine may have been exchanged for another. */
export function learn(modem: object, answer: Said): void {
  const { head } = answer;
  if (head !== undefined) {
    // Mostly every answer begins like the last one.
    if (heads.get(modem) === head) return;
    heads.set(modem, head);
  }
  const { headers } = answer;
  const max = field(headers, 'api-version');
  if (!max) return;
  const before = known.get(modem);
  const server = field(headers, 'server');
  const release = /^Docker\/(\S+)/.exec(server ?? '')?.[1];
  if (before?.max === max && before.release === release) return;
  known.set(modem, { max, release });
}

const asking = new WeakMap<object, Promise<Engine>>();

/** Asks the engine, without a version in the path: that is answered by engines of every age. */
export function ask(modem: Modem): Promise<Engine> {
  const running = asking.get(modem);
  if (running) return running;
  const answer = inquire(modem).finally(() => asking.delete(modem));
  asking.set(modem, answer);
  return answer;
}

async function inquire(modem: Modem): Promise<Engine> {
  const socketPath = await modem.getSocketPath();
  const request = { path: '/version', method: 'GET', headers: { ...modem.headers }, ...(socketPath && { socketPath }) };
  const context = {
    path: '/version',
    method: 'GET',
    statusCodes: { 200: true } as const,
    onVersionMismatch: 'ignore' as const,
  };
  const said = await new Promise<any>((resolve, reject) => {
    modem.buildRequest(request, context, undefined, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
  const engine: Engine = { max: said.ApiVersion, min: said.MinAPIVersion, release: said.Version };
  if (!engine.max) {
    const message = 'the engine does not say which API versions it serves';
    throw fromNative({
      kind: 'protocol',
      message,
      hint: 'check that a Docker Engine listens there, or give a version',
    });
  }
  known.set(modem, engine);
  return engine;
}

/** `v1.43` and `1.43` are the same version. */
export function plain(version: string): string {
  return version.replace(/^v/, '');
}

const order = (version: string): number => Number(version.split('.')[1]);

class Settled implements Negotiation {
  readonly result: string;
  readonly engineRelease: string | undefined;
  readonly engineMin: string | undefined;
  readonly engineMax: string | undefined;
  readonly clientMin: string;
  readonly clientMax: string;
  readonly pin: string | undefined;
  readonly pinSource: string | undefined;

  constructor(engine: Engine, pin: string | undefined) {
    const [oldest, newest] = versionsOf().knownRange() as [string, string];
    this.result = pin ?? (engine.max as string);
    this.engineRelease = engine.release;
    this.engineMin = engine.min;
    this.engineMax = engine.max;
    this.clientMin = oldest;
    this.clientMax = newest;
    this.pin = pin;
    this.pinSource = pin && 'the option version';
  }

  /** All of it in one line. */
  toString(): string {
    const engine = this.engineRelease ? `Engine ${this.engineRelease}` : 'an engine of unknown release';
    const serves = this.engineMin ? `${this.engineMin} to ${this.engineMax}` : `up to ${this.engineMax}`;
    return `API ${this.result} (${this.#reason()}): ${engine} serves ${serves}, dockline knows ${this.clientMin} to ${this.clientMax}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #reason(): string {
    const { pin, engineMin, engineMax } = this;
    if (pin === undefined) return "requests name no version, so the engine's newest is spoken";
    const outside =
      (engineMax !== undefined && order(pin) > order(engineMax)) || (engineMin && order(pin) < order(engineMin));
    return `pinned by ${this.pinSource}${outside ? ', which the engine does not serve' : ''}`;
  }
}

/** How client and engine stand; asks the engine unless it has said enough. */
export async function negotiation(modem: Modem): Promise<Negotiation> {
  const before = known.get(modem);
  const engine = before?.min ? before : await ask(modem);
  return new Settled(engine, modem.version ? plain(modem.version) : undefined);
}
