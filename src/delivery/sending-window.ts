/** Lets so many tasks run at a time; the others wait their turn in order. */
export class SendingWindow {
  readonly #running = new Set<Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const running = task();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      // A place is handed on, not freed, so that nobody comes between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  /** Once the tasks that run now have ended; those that begin later are not waited for. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running]);
  }
}
