import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useCallback, useEffect, useRef } from "react";
import type { SavedOperation } from "../settings.js";
import { filledIn } from "./remembered.js";
import { operationNamed, person, settings } from "./settings-store.js";

function variablesOf(operation: SavedOperation): string {
  return Object.keys(operation.variables).length === 0
    ? ""
    : JSON.stringify(filledIn(operation.variables, person.value), null, 2);
}

/** The address is /explorer#PensionerStatus. */
function operationInAddress(): SavedOperation | undefined {
  return operationNamed(location.hash.slice(1));
}

/** What the first tab shows; nothing when this browser tab has its own already. */
export function startingTab(): { readonly initialQuery?: string; readonly initialVariables?: string } {
  if (sessionStorage.getItem("graphiql:tabState")) return {};
  const operation = operationInAddress() ?? settings.value.operations[0];
  if (!operation) return {};
  return { initialQuery: operation.document, initialVariables: variablesOf(operation) };
}

/** The name of the operation in the active tab. */
export function useActiveName(): string | null {
  return useGraphiQL((state) => state.tabs[state.activeTabIndex]?.operationName ?? null);
}

/** Opens an operation in a tab of its own, or in the one it has, with variables for now. */
export function useOpenOperation(): (operation: SavedOperation) => void {
  const { addTab, changeTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL((state) => ({
    tabs: state.tabs,
    activeTabIndex: state.activeTabIndex,
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
  }));
  return useCallback(
    (operation) => {
      if (!queryEditor || !variableEditor) return;
      const place = tabs.findIndex((tab) => tab.operationName === operation.name);
      if (place < 0) addTab();
      else if (place !== activeTabIndex) changeTab(place);
      // A document that was edited stays as it is.
      const query = place < 0 ? operation.document : queryEditor.getValue();
      const variables = variablesOf(operation);
      if (place < 0) queryEditor.setValue(query);
      variableEditor.setValue(variables);
      updateActiveTabValues({ query, variables, operationName: operation.name });
    },
    [tabs, activeTabIndex, queryEditor, variableEditor, addTab, changeTab, updateActiveTabValues],
  );
}

/** Opens the operation that the address names, and lets the address name the operation that is open. */
export function FollowAddress(): null {
  const open = useOpenOperation();
  const activeName = useActiveName();
  const ready = useGraphiQL((state) => Boolean(state.queryEditor && state.variableEditor));
  const followed = useRef(false);
  useEffect(() => {
    if (!ready) return;
    const follow = () => {
      const operation = operationInAddress();
      if (operation && operation.name !== activeName) open(operation);
    };
    if (!followed.current) {
      followed.current = true;
      follow();
    } else if (operationNamed(activeName)) {
      history.replaceState(null, "", `#${activeName}`);
    }
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [ready, open, activeName]);
  return null;
}
