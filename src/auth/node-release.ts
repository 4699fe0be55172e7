/**
 * oidc-provider warns of an unsupported runtime when `process.release` names no LTS line, which the Node that comes
 * from npm does not. Imported before it, so that every start stays free of a warning that is not true.
 */
const release: { lts?: string | undefined } = process.release;
if (Number(process.versions.node.split(".")[0]) >= 22) release.lts ??= "Node 22 or later";
