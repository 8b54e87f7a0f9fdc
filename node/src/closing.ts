// What `docker.close()` has to end. A client that is closed stays closed.

const closed = new WeakSet<object>();
const endings = new WeakMap<object, Set<() => void>>();

/** Whether a client has been closed. */
export function isClosed(modem: object): boolean {
  return closed.has(modem);
}

/** Has something ended when the client is closed; call what it returns once that is over anyway. */
export function onClose(modem: object, end: () => void): () => void {
  const known = endings.get(modem) ?? new Set();
  endings.set(modem, known.add(end));
  return () => known.delete(end);
}

/** Ends everything in flight, and whatever is asked from now on. */
export function closeEngine(modem: object): void {
  closed.add(modem);
  for (const end of endings.get(modem) ?? []) end();
  endings.delete(modem);
}
