// The way from ssh inside this process to the caller's `hostVerifier`: the core asks, one key after the other.

/** Who says whether an ssh server's key is right: as ssh2 has it, with the key's hash in hex when a hash is named. */
export interface HostVerifier {
  verify: (key: Buffer | string, verified: (right: boolean) => void) => unknown;
  hash?: string | undefined;
}

/** The native side: keys to be verified. */
export interface NativeQuestions {
  next(id: number): void;
  /** A refusal has a reason, which may be empty. */
  answer(question: number, refusal: string | null): void;
}

interface Question {
  question: number;
  key: Buffer;
}

type Start = (begin: (id: number) => void, keepAlive: boolean) => Promise<unknown>;

/** Answers until the engine is gone. Whoever waits for the answer keeps the process alive, this does not. */
export async function answerQuestions(questions: NativeQuestions, verifier: HostVerifier, start: Start): Promise<void> {
  for (;;) {
    const asked = (await start((id) => questions.next(id), false)) as Question | null;
    if (!asked) return;
    const refusal = verified(verifier, asked.key).then(
      (right) => (right ? null : ''),
      (error) => String(error?.message ?? error),
    );
    void refusal.then((reason) => questions.answer(asked.question, reason));
  }
}

/** By what the verifier returns, or by what it calls back with when it returns nothing. */
function verified({ verify, hash }: HostVerifier, key: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const { createHash } = require('node:crypto') as typeof import('node:crypto');
    const shown = hash ? createHash(hash).update(key).digest('hex') : key;
    const answer = verify(shown, resolve);
    if (answer !== undefined) resolve(answer as boolean);
  });
}
