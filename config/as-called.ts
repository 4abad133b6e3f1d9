import { readdirSync } from "node:fs";
import { join } from "node:path";

const pulumiCommand =
    /(?<!npm run |-- |[\w/.@-])pulumi (?=(?:up|preview|destroy|refresh|config|stack|cancel|import|login|state)\b)/g;

let known: RegExp | undefined;

/**
 * Pattern of commands such as `npm run park` and `npm run -s park -- --yes`, but not `npm run data-prep`, which needs no AWS.
 * Computed once, because a runbook uses it for each write.
 */
function runbookCommand(): RegExp {
    if (known !== undefined) return known;
    const runbooks = readdirSync(join(import.meta.dirname, "..", "runbooks"))
        .filter((file) => file.endsWith(".ts"))
        .map((file) => file.slice(0, -3));
    known = new RegExp(`\\bnpm run( -s)? (${runbooks.join("|")})\\b(?: --(?= ))?`, "g");
    return known;
}

/**
 * The commands of a text as its reader can start them. The launchers set the environment's variables:
 * `MOVIE_RECOMMENDER_COMMANDS` (`npm run local --`) for a stack on the local AWS, where `pulumi up` becomes
 * `npm run local -- pulumi up`, and `MOVIE_RECOMMENDER_PULUMI` (`npm run pulumi --`) where the machine has no Pulumi CLI
 * of its own. Without them, the text stays as it is.
 */
export function asCalled(text: string, env: NodeJS.ProcessEnv = process.env): string {
    const local = env.MOVIE_RECOMMENDER_COMMANDS;
    const cli = local === undefined ? env.MOVIE_RECOMMENDER_PULUMI : `${local} pulumi`;
    const runbooks =
        local === undefined
            ? text
            : text.replaceAll(
                  runbookCommand(),
                  (_, silent = "", name) => `${local.replace("npm run", `npm run${silent}`)} ${name}`,
              );
    return cli === undefined ? runbooks : runbooks.replaceAll(pulumiCommand, `${cli} `);
}
