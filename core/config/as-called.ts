const pulumiCommand =
    /(?<!npm run |-- |[\w/.@-])pulumi (?=(?:up|preview|destroy|refresh|config|stack|cancel|import|login|state)\b)/g;

/** Pattern of runbook commands, such as `npm run -s park -- --yes`. The other npm scripts in messages need no AWS. */
const runbookCommand = /\bnpm run( -s)? (?!(?:data-prep|demo|help|local|pulumi|test)\b)([\w-]+)(?: --(?= ))?/g;

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
                      runbookCommand,
                      (_, silent = "", name) => `${local.replace("npm run", `npm run${silent}`)} ${name}`,
                  )
                  .replaceAll(fixCommand, `eval "$$(${local.replace("npm run", "npm run -s")} env)" && `);
    return cli === undefined ? runbooks : runbooks.replaceAll(pulumiCommand, `${cli} `);
}
