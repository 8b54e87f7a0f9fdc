// What the core asks while a connection opens: whether a server's key or certificate is the right one. One question after the other
// is pulled; answers may come in any order. Loaded with the first engine that has somebody to ask.

import type { HostVerifier } from './host-keys';
import type { NativeQuestions } from './native';
import type { ServerIdentity } from './server-identity';

/** Who is asked. */
export interface Judges {
  hostVerifier?: HostVerifier | undefined;
  serverIdentity?: ServerIdentity | undefined;
}

/** One of the three. */
interface Question {
  question: number;
  /** An ssh server's key. */
  key?: Buffer;
  /** An engine's certificate and what signed it, and the host it should be for. */
  host?: string;
  chain?: Buffer[];
  /** The error of that refusal is not needed any more. */
  forget?: number;
}

type Start = (begin: (id: number) => void, keepAlive: boolean) => Promise<unknown>;

/** Why not, if not; errors stay what they are. */
type Verdict = { refusal: unknown } | undefined;

async function verdictOf(judges: Judges, { key, host, chain }: Question): Promise<Verdict> {
  try {
    if (key) {
      const { isRight } = require('./host-keys') as typeof import('./host-keys');
      return (await isRight(judges.hostVerifier as HostVerifier, key)) ? undefined : { refusal: '' };
    }
    const { refusalOf } = require('./server-identity') as typeof import('./server-identity');
    const refusal = refusalOf(judges.serverIdentity as ServerIdentity, host as string, chain as Buffer[]);
    return refusal ? { refusal } : undefined;
  } catch (error) {
    return { refusal: error };
  }
}

/**
 * Answers until the engine is gone, and keeps the errors of refusals in `refusals` as long as they are needed. Whoever waits for an
 * answer keeps the process alive, this does not.
 */
export async function answerQuestions(
  questions: NativeQuestions,
  judges: Judges,
  start: Start,
  refusals: Map<number, unknown>,
): Promise<void> {
  for (;;) {
    const asked = (await start((id) => questions.next(id), false)) as Question | null;
    if (!asked) return;
    if (asked.forget !== undefined) refusals.delete(asked.forget);
    else void verdictOf(judges, asked).then((verdict) => answer(questions, asked, verdict, refusals));
  }
}

function answer(
  questions: NativeQuestions,
  { question, chain }: Question,
  verdict: Verdict,
  refusals: Map<number, unknown>,
): void {
  if (!verdict) {
    questions.answer(question, null);
    return;
  }
  const { refusal } = verdict;
  if (chain) refusals.set(question, refusal);
  const reason = String((refusal as Error | undefined)?.message ?? refusal);
  if (!questions.answer(question, reason)) refusals.delete(question);
}
