/** From a worker's name to its file; filled in by the build. */
declare const WORKER_FILES: Readonly<Record<string, string>>;

const names: Readonly<Record<string, string>> = { json: "json-worker", graphql: "graphql-worker" };

/** The editor's work off the main thread, from files of this host. */
export const monacoEnvironment = {
  getWorker: (_id: string, label: string): Worker =>
    new Worker(WORKER_FILES[names[label] ?? "editor-worker"] ?? "", { type: "module", name: label }),
};
