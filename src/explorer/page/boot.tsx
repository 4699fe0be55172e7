import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./explorer.css";
import "./graphiql-colours.css";
import "./sign-in-dialog.css";
import { createRoot } from "react-dom/client";
import { Explorer } from "./explorer.js";
import { setClock } from "./requests.js";
import { loadSettings, settings } from "./settings-store.js";
import { setFirstPaneSizes } from "./tab-storage.js";
import { chooseLanguage, language, textsIn } from "./texts.js";
import { monacoEnvironment } from "./workers.js";

Object.assign(globalThis, { MonacoEnvironment: monacoEnvironment });

async function boot(root: HTMLElement): Promise<void> {
  chooseLanguage(language.value);
  await loadSettings();
  if (settings.value.now) setClock(settings.value.now);
  setFirstPaneSizes();
  createRoot(root).render(<Explorer />);
}

const root = document.getElementById("explorer");
if (root) {
  boot(root).catch(() => {
    root.textContent = textsIn(language.value).failed;
  });
}
