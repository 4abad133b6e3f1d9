import { readdirSync } from "node:fs";
import { join } from "node:path";

const pulumiCommand =
    /(?<!npm run |-- |[\w/.@-])pulumi (?=(?:up|preview|destroy|refresh|config|stack|cancel|import)\b)/g;

let known: RegExp | undefined;

/**
 * `npm run park`, `npm run -s park -- --yes`; not `npm run data-prep`, which needs no AWS. The folder is read once: a
 * runbook calls this for each write.
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
 * The commands of a text for a caller who starts them by `prefix`, for example `npm run local --`. Then `pulumi up`
 * becomes `npm run local -- pulumi up`. The default prefix is the environment's `MOVIE_RECOMMENDER_COMMANDS`. Without
 * it, the text stays as it is.
 */
export function asCalled(text: string, prefix = process.env.MOVIE_RECOMMENDER_COMMANDS): string {
    if (prefix === undefined) return text;
    return text
        .replaceAll(
            runbookCommand(),
            (_, silent = "", name) => `${prefix.replace("npm run", `npm run${silent}`)} ${name}`,
        )
        .replaceAll(pulumiCommand, `${prefix} pulumi `);
}
