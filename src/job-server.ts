import type { App } from "./app.js";
import { type JobHost, readJobsSince } from "./jobs/run-due.js";
import { keepWorking } from "./jobs/standing-work.js";

/**
 * Runs the jobs in this process until it is disposed: the chunks under way are finished and nothing new begins. By alarms of
 * the real time, in a sandbox by its own clock.
 */
export async function serveJobs(app: App): Promise<AsyncDisposable> {
  const stopping = new AbortController();
  const host: JobHost = { ...app.jobHost, signal: stopping.signal };
  const onTrouble = (error: unknown) => app.logger.warn({ err: error }, "jobs: the alarms have trouble");
  await using stack = new AsyncDisposableStack();
  const underWay: Promise<void>[] = [];
  stack.defer(async () => {
    await Promise.all(underWay);
  });
  if (app.sandboxJobs) {
    underWay.push(app.sandboxJobs(host).tick());
  } else {
    await readJobsSince(app.database, host.now());
    // Loaded here: a process that runs no jobs need not wait for it.
    const { startAlarms } = await import("./jobs/alarm-clock.js");
    stack.use(await startAlarms(host, { onTrouble }));
  }
  underWay.push(...host.jobs.filter(({ standing }) => standing).map((job) => keepWorking(host, job)));
  stack.defer(() => stopping.abort());
  const owned = stack.move();
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
