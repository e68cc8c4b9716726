// Plain JavaScript, so that a Node which cannot run the rest can still say so.
const NEEDED = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `Millrace needs Node ${NEEDED.join(".")} or newer, this is ${process.version} (${process.execPath}).\n` +
      "On Linux, `npx -y pnpm start` brings its own; on macOS and Windows install it from https://nodejs.org and try again.",
  );
  process.exit(1);
}
