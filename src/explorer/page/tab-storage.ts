/** Preferences that hold nothing personal. */
const kept = new Set([
  "graphiql:theme",
  "graphiql:docExplorerFlex",
  "graphiql:editorFlex",
  "graphiql:secondaryEditorFlex",
]);

let emptied = false;

/** GraphiQL saves a little later than it is typed into: what comes after this is not kept. */
export function emptyTabStorage(): void {
  emptied = true;
  sessionStorage.clear();
}

/**
 * Where GraphiQL keeps what it remembers. Documents, variables and history may name people, so they live as long as
 * this tab; only the theme and the sizes of panes outlive it.
 */
export const tabStorage = {
  getItem: (key: string) => storeOf(key).getItem(key),
  setItem: (key: string, value: string) => {
    if (!emptied) storeOf(key).setItem(key, value);
  },
  removeItem: (key: string) => storeOf(key).removeItem(key),
  clear: () => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("graphiql:")) sessionStorage.removeItem(key);
    }
    for (const key of kept) localStorage.removeItem(key);
  },
  get length() {
    return Object.keys(sessionStorage).filter((key) => key.startsWith("graphiql:")).length;
  },
};

/** A third of the window, GraphiQL's own choice, is more than the list of operations needs. */
export function setFirstPaneSizes(): void {
  if (!localStorage.getItem("graphiql:docExplorerFlex"))
    localStorage.setItem("graphiql:docExplorerFlex", "0.25");
}

function storeOf(key: string): Storage {
  return kept.has(key) ? localStorage : sessionStorage;
}
