// The first program in a fresh clone, before anything is installed: plain JavaScript that imports only Node.js modules
// and runs on Node.js 20. Writes only to stderr, because the command that it starts writes to stdout.
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SetupError } from "./build-folder.mjs";
import { runCommand } from "./command.mjs";
import { ensure, LEVELS, MissingTools } from "./setup.mjs";

const OLDEST_NODE_MAJOR = 20;
const USAGE = `Usage: node packages/local-aws/toolchain/bootstrap.mjs <level> [command [arguments]]

Installs what is missing into this folder, then runs the command with it. Levels; each contains the ones before it, up to test:
  packages  node_modules, with the project's own Node
  engine    the Pulumi engine
  local     Python with MiniStack, for the local AWS
  test      boto3 and pandas, for the tests
  spark     packages, and Python with PySpark and Java, without the engine
  page      local, and Lighthouse
`;

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

const fail = (message, exitCode) => {
    process.stderr.write(`${message}\n`);
    process.exitCode = exitCode;
};

/**
 * Installs the tools of a level, then runs the command with them. Sets the exit code of this process.
 * @param {string} [level] one of USAGE
 * @param {string} [command] a script in this folder, or a program
 * @param {...string} args
 */
export async function start(level, command, ...args) {
    if (level === "--help" || level === "-h") {
        process.stderr.write(USAGE);
    } else if (!LEVELS.includes(level)) {
        fail(`${level === undefined ? "A level is missing" : `There is no level "${level}"`}.\n\n${USAGE}`, 2);
    } else if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE_MAJOR) {
        fail(
            `Node.js ${process.versions.node} is too old: install Node.js 20 or newer with npm (https://nodejs.org).`,
            2,
        );
    } else {
        try {
            await ensure(root, level);
            if (command !== undefined)
                runCommand(root, command, args, { withPython: ["local", "test", "spark", "page"].includes(level) });
        } catch (error) {
            if (error instanceof MissingTools) fail(error.message, 2);
            else if (error instanceof SetupError) fail(error.message, 1);
            else throw error;
        }
    }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await start(...process.argv.slice(2));
