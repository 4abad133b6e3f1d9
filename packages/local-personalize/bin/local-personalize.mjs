#!/usr/bin/env node
// Checks the version before it imports TypeScript, which an older Node cannot read.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
    process.stderr.write(`local-personalize needs Node.js 22.18 or newer; this is ${process.versions.node}.\n`);
    process.exitCode = 2;
} else {
    const { main } = await import("../cli.ts");
    await main(process.argv.slice(2));
}
