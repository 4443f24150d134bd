/** Keys with a due time, earliest first. A key has one due time: setting it again replaces it. */
export interface Deadlines {
  set(key: string, due: number): void;
  get(key: string): number | undefined;
  delete(key: string): void;
  /** The earliest due time, if any. */
  next(): number | undefined;
  /** Takes out every key that is due at `now`. */
  takeDue(now: number): string[];
  readonly size: number;
}

interface Entry {
  key: string;
  due: number;
}

/** A binary heap whose outdated entries are skipped when they surface. */
export function createDeadlines(): Deadlines {
  const current = new Map<string, Entry>();
  const heap: Entry[] = [];

  const dueAt = (index: number): number => heap[index]?.due ?? Infinity;
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  const push = (entry: Entry): void => {
    let at = heap.push(entry) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && dueAt(parent) > dueAt(at); at = parent, parent = (at - 1) >> 1)
      swap(at, parent);
  };
  const pop = (): Entry | undefined => {
    swap(0, heap.length - 1);
    const top = heap.pop();
    for (let at = 0; ;) {
      const child = dueAt(2 * at + 1) <= dueAt(2 * at + 2) ? 2 * at + 1 : 2 * at + 2;
      if (dueAt(child) >= dueAt(at)) return top;
      swap(at, child);
      at = child;
    }
  };
  const peek = (): Entry | undefined => {
    for (let top = heap[0]; top; top = heap[0]) {
      if (current.get(top.key) === top) return top;
      pop();
    }
    return undefined;
  };

  return {
    set(key, due) {
      const entry = { key, due };
      current.set(key, entry);
      push(entry);
    },
    get: (key) => current.get(key)?.due,
    delete: (key) => void current.delete(key),
    next: () => peek()?.due,
    takeDue(now) {
      const due: string[] = [];
      for (let top = peek(); top && top.due <= now; top = peek()) {
        pop();
        current.delete(top.key);
        due.push(top.key);
      }
      return due;
    },
    get size() {
      return current.size;
    },
  };
}
