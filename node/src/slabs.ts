// Large pieces of streams lie outside V8's heap, in buffers that only a collection gives back. A stream of nothing but those
// makes no garbage inside the heap, so V8 sees no reason to collect, and a hundred megabytes of finished pieces pile up.

const held: { garbage: unknown } = { garbage: undefined };

/** Smaller pieces come with enough objects of their own. */
const LARGE = 4096;

/** Takes note of a piece: makes half as much garbage, which brings the next (young, short) collection nearer. */
export function arrived(bytes: number): void {
  if (bytes < LARGE) return;
  held.garbage = new Array(bytes >> 4);
  // Dropped at once: what survives a collection makes V8 widen the space for young objects.
  held.garbage = undefined;
}
