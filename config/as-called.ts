import { readdirSync } from "node:fs";
import { join } from "node:path";

const pulumiCommand =
    /(?<!npm run |-- |[\w/.@-])pulumi (?=(?:up|preview|destroy|refresh|config|stack|cancel|import|login|state)\b)/g;

let cachedPattern: RegExp | undefined;

/**
 * Returns the pattern of runbook commands in a text, such as `npm run park` or `npm run -s park -- --yes`.
 * `npm run data-prep` does not match, because it needs no AWS. Compiles the pattern once, because a runbook applies it
 * to each write of output.
 */
function runbookCommand(): RegExp {
    if (cachedPattern !== undefined) return cachedPattern;
    const runbooks = readdirSync(join(import.meta.dirname, "..", "runbooks"))
        .filter((file) => file.endsWith(".ts"))
        .map((file) => file.slice(0, -3));
    cachedPattern = new RegExp(`\\bnpm run( -s)? (${runbooks.join("|")})\\b(?: --(?= ))?`, "g");
    return cachedPattern;
}

/** Pattern of the start of a command that runs the script of `diagnose-access`. The script uses the AWS CLI. */
const fixCommand = /(?<![\w/.-])(?=sh [^\n&;]*\.sh\b)/g;

/**
 * Replaces the commands in a text with those that its reader can run. The launchers set two environment variables:
 * `MOVIE_RECOMMENDER_COMMANDS` (`npm run local --`) for a stack on the local AWS, where `pulumi up` becomes
 * `npm run local -- pulumi up`, and the script of a fix gets the environment of the local AWS; and `MOVIE_RECOMMENDER_PULUMI`
 * (`npm run pulumi --`) if the machine has no Pulumi CLI of its own. Without them, returns the text unchanged.
 */
export function asCalled(text: string, env: NodeJS.ProcessEnv = process.env): string {
    const local = env.MOVIE_RECOMMENDER_COMMANDS;
    const cli = local === undefined ? env.MOVIE_RECOMMENDER_PULUMI : `${local} pulumi`;
    const runbooks =
        local === undefined
            ? text
            : text
                  .replaceAll(
                      runbookCommand(),
                      (_, silent = "", name) => `${local.replace("npm run", `npm run${silent}`)} ${name}`,
                  )
                  .replaceAll(fixCommand, `eval "$$(${local.replace("npm run", "npm run -s")} env)" && `);
    return cli === undefined ? runbooks : runbooks.replaceAll(pulumiCommand, `${cli} `);
}
