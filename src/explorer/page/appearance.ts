import { useGraphiQL, useMonaco } from "@graphiql/react";
import { useEffect } from "react";

const MONO =
  'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace';

interface Palette {
  readonly base: "vs" | "vs-dark";
  readonly ink: string;
  readonly accent: string;
  readonly soft: string;
  readonly panel: string;
  readonly quiet: string;
  readonly keyword: string;
  readonly type: string;
  readonly argument: string;
  readonly text: string;
  readonly number: string;
}

const light: Palette = {
  base: "vs",
  ink: "#22332c",
  accent: "#1f6f54",
  soft: "#1f6f5418",
  panel: "#ffffff",
  quiet: "#7b8a83",
  keyword: "#7a3e9d",
  type: "#a0580c",
  argument: "#1d5fa8",
  text: "#1f6f54",
  number: "#a0580c",
};

const dark: Palette = {
  base: "vs-dark",
  ink: "#dbe5e0",
  accent: "#6fcfa6",
  soft: "#6fcfa61f",
  panel: "#1d2622",
  quiet: "#83938b",
  keyword: "#c9a2e8",
  type: "#e8b878",
  argument: "#85b9f0",
  text: "#86d3ae",
  number: "#e8b878",
};

function themeOf(palette: Palette) {
  const { base, ink, accent, soft, panel, quiet, keyword, type, argument, text, number } = palette;
  const plain = (color: string) => color.slice(1);
  return {
    base,
    inherit: true,
    rules: [
      { token: "", foreground: plain(ink) },
      { token: "comment", foreground: plain(quiet) },
      { token: "keyword", foreground: plain(keyword) },
      { token: "key.identifier", foreground: plain(ink) },
      { token: "type.identifier", foreground: plain(type) },
      { token: "argument.identifier", foreground: plain(argument) },
      { token: "string", foreground: plain(text) },
      { token: "string.key.json", foreground: plain(argument) },
      { token: "string.value.json", foreground: plain(text) },
      { token: "number", foreground: plain(number) },
      { token: "number.json", foreground: plain(number) },
      { token: "keyword.json", foreground: plain(keyword) },
      { token: "delimiter", foreground: plain(quiet) },
      { token: "delimiter.bracket.json", foreground: plain(quiet) },
      { token: "delimiter.array.json", foreground: plain(quiet) },
      { token: "delimiter.colon.json", foreground: plain(quiet) },
      { token: "delimiter.comma.json", foreground: plain(quiet) },
    ],
    colors: {
      "editor.background": "#00000000",
      "editor.foreground": ink,
      "editorLineNumber.foreground": `${quiet}99`,
      "editorLineNumber.activeForeground": quiet,
      "editorIndentGuide.background1": `${quiet}22`,
      "scrollbar.shadow": "#00000000",
      "editorHoverWidget.background": panel,
      "editorSuggestWidget.background": panel,
      "editorSuggestWidget.selectedBackground": soft,
      "editorSuggestWidget.highlightForeground": accent,
      "list.hoverBackground": soft,
      "list.highlightForeground": accent,
      "editorWidget.background": panel,
      "quickInput.background": panel,
      "menu.background": panel,
      "menu.selectionBackground": soft,
      "textLink.foreground": accent,
      focusBorder: accent,
      // Six colours for six depths of brackets are more noise than help.
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, quiet]),
      ),
    },
  };
}

const options = {
  fontFamily: MONO,
  fontSize: 13.5,
  lineHeight: 21,
  guides: { indentation: false },
  // It takes Chinese punctuation for a mistake.
  unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: false },
} as const;

/** GraphiQL's editors in this page's colours and the system's fonts. */
export function Appearance(): null {
  const monaco = useMonaco((state) => state.monaco);
  const editors = useGraphiQL((state) => [state.queryEditor, state.variableEditor, state.responseEditor]);
  useEffect(() => {
    // By the names that GraphiQL switches between.
    monaco?.editor.defineTheme("graphiql-LIGHT", themeOf(light));
    monaco?.editor.defineTheme("graphiql-DARK", themeOf(dark));
  }, [monaco]);
  useEffect(() => {
    for (const editor of editors) editor?.updateOptions(options);
  }, [editors]);
  return null;
}
