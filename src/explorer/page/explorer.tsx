import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useMemo, useState } from "react";
import { Appearance } from "./appearance.js";
import { Bar } from "./bar.js";
import { useObservable } from "./observable.js";
import { FollowAddress, startingTab } from "./open-operation.js";
import { OPERATIONS_PLUGIN } from "./operations-panel.js";
import { type GraphQLRequest, meetViewer, send } from "./requests.js";
import { session } from "./session.js";
import { SignInDialog } from "./sign-in-dialog.js";
import { tabStorage } from "./tab-storage.js";

const plugins = [OPERATIONS_PLUGIN, HISTORY_PLUGIN];

export function Explorer() {
  const signedIn = useObservable(session);
  const [asking, setAsking] = useState(signedIn === null);
  const starting = useMemo(startingTab, []);
  const caller = signedIn && (signedIn.clientId ?? signedIn.token);
  // GraphiQL reads the schema again for another fetcher: for another caller, not for a renewed token.
  // biome-ignore lint/correctness/useExhaustiveDependencies: so a new function for each caller
  const fetcher = useMemo(() => (request: GraphQLRequest) => send(request), [caller]);
  useEffect(() => {
    if (caller !== null) void meetViewer();
  }, [caller]);
  return (
    <>
      <Bar onSignIn={() => setAsking(true)} />
      <main className="workbench">
        <GraphiQL
          fetcher={fetcher}
          {...(caller === null ? { schema: null } : {})}
          plugins={plugins}
          visiblePlugin={OPERATIONS_PLUGIN}
          storage={tabStorage}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          isHeadersEditorEnabled={false}
          defaultEditorToolsVisibility={true}
          inputValueDeprecation={true}
          schemaDescription={true}
          {...starting}
        >
          <GraphiQL.Logo>
            <span className="credit">GraphiQL</span>
          </GraphiQL.Logo>
          <FollowAddress />
          <Appearance />
        </GraphiQL>
      </main>
      <SignInDialog open={asking} onClose={() => setAsking(false)} />
    </>
  );
}
