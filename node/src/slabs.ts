// Large pieces of streams lie outside V8's heap, in buffers that only a collection gives back. A stream of nothing but those
// makes no garbage inside the heap, so V8 sees no reason to collect, and a hundred megabytes of finished pieces pile up.

/** Smaller pieces come with enough objects of their own. */
const LARGE = 4096;

/** Whole ones fill a page of V8's heap, which objects that are larger still do not share. */
const MOST = 65_000;

/** Takes note of a piece: makes as much garbage, a copy, which brings the next (young, short) collection nearer. */
export function arrived(piece: Buffer): void {
  if (piece.length >= LARGE) piece.toString('latin1', 0, MOST);
}
