/** Imported first by every entry point: one clear line instead of a stack when the Node at hand is too old. */
if (typeof Temporal === "undefined" || typeof AsyncDisposableStack === "undefined") {
  process.stderr.write(
    `changqing needs Node 26 or newer and found ${process.version}. \`npm ci\` brings the right one: use \`npm start\` and \`npm run cli\`.\n`,
  );
  process.exit(1);
}
