import { copyFile, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import Table from "cli-table3";
import { Command } from "commander";
import { shell } from "terminal-text";
import { reportWaits, waitingFor } from "../../../runbooks/lib/cli/waits.ts";
import { openEngineLog } from "../../../runbooks/lib/stack/engine-output.ts";
import { start } from "../control.ts";
import { describeFailure, LocalError } from "../failure.ts";
import { defaultInstance, type Instance, paths, version } from "../instance.ts";
import { ensureStack, localConfig, outputs, run } from "../pulumi.ts";
import { hasOtherData } from "./other-data.ts";

/** `npm run demo`: deploys the stack on the local AWS with the Pulumi engine and prints recommendations. */

const shownUsers = 3;
const numResults = 10;
/** data-prep options whose values are files, relative to the caller's folder. */
const fileOptions = ["items", "users", "hashUsers"] as const;
/** data-prep options that the demo passes on unchanged. */
const readingOptions = ["columns", "itemColumns", "userColumns", "time", "decimal", "event", "maxBad"] as const;

const options = new Command("demo")
    .description("Deploys the stack on the local AWS and prints recommendations, from MovieLens 100k or your own data")
    .version(version, "--version", "print the version")
    .addHelpText("after", "\nExamples:\n  npm run demo\n  npm run demo -- --data orders.csv --items products.csv")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .option("--verbose", "show the whole output of Pulumi, and the stack trace of an error")
    .option("--data <path>", "interactions of your own, instead of MovieLens: any file that data-prep reads")
    .option("--items <file>", "a table of items, with --data")
    .option("--users <file>", "a table of users, with --data")
    .option("--columns <list>", "columns of --data, as for data-prep: user=…,item=…,time=…")
    .option("--item-columns <list>", "columns of --items, as for data-prep: id=…,title=…,price=…")
    .option("--user-columns <list>", "columns of --users, as for data-prep: id=…")
    .option("--time <format>", "format of the times of --data, as for data-prep")
    .option("--decimal <sign>", "decimal sign of numbers such as 1,299, as for data-prep: comma or point")
    .option("--event <rule>", "type of the events of --data, as for data-prep")
    .option("--yes", "accept data-prep's guess of columns that it is not sure of")
    .option("--hash-users <keyfile>", "write keyed hashes of the users' ids, as for data-prep")
    .option("--bad-rows <how...>", "unusable rows of --data, as for data-prep: fail, skip, or quarantine FILE")
    .option("--max-bad <share>", "refuse more unusable rows than this, such as 0.1%")
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse()
    .opts<{
        json?: boolean;
        verbose?: boolean;
        data?: string;
        items?: string;
        users?: string;
        columns?: string;
        itemColumns?: string;
        userColumns?: string;
        time?: string;
        decimal?: string;
        event?: string;
        yes?: boolean;
        hashUsers?: string;
        badRows?: string[];
        maxBad?: string;
    }>();

const began = performance.now();
const setup = Number(process.env.MOVIE_RECOMMENDER_SETUP_SECONDS ?? 0);
const seconds: Record<string, number> = { setup };
let saidAt = 0;
function say(line: string): void {
    saidAt = Date.now();
    process.stderr.write(`${line}\n`);
}
reportWaits(
    (line) => process.stderr.write(`   ${line}`),
    () => saidAt,
);

async function step<T>(name: string, title: string, work: () => Promise<T>): Promise<T> {
    say(`\n── ${title}`);
    const start = performance.now();
    const result = await work();
    seconds[name] = rounded((performance.now() - start) / 1000);
    say(`   done in ${seconds[name]} s`);
    return result;
}

try {
    const instance = defaultInstance();
    await step("localAws", "Local AWS", async () => {
        await start(instance, say);
        await ensureStack(instance);
    });
    const before = await outputs(instance);
    if (before.importJobArn !== undefined) {
        await step("check", "Check before anything is replaced", () => check(instance, before));
    }
    const title = options.data === undefined ? "MovieLens 100k" : `Data of ${options.data}`;
    const { users, sha256 } = await step("dataPrep", title, () => prepare(instance, "data/"));
    if (hasOtherData(before, sha256)) {
        const title = "The local stack has other data: it starts over, without the events of that data";
        await step("pulumiDestroy", title, () => pulumi(instance, "destroy"));
    }
    await step("pulumiUp", "pulumi up", () => pulumi(instance, "up"));
    const stackOutputs = await outputs(instance);
    const recommendations = await step("recommend", "Recommendations", () => recommend(instance, users));
    seconds.total = rounded(setup + (performance.now() - began) / 1000);
    if (options.json) {
        console.log(JSON.stringify({ schemaVersion: 1, recommendations, outputs: stackOutputs, seconds }));
    } else {
        print(users, recommendations, stackOutputs);
    }
} catch (error) {
    say(`\n${describeFailure(error, options.verbose)}`);
    process.exitCode = 1;
}

async function pulumi(instance: Instance, command: "up" | "destroy"): Promise<void> {
    const args = [command, "--yes", "--skip-preview", "--non-interactive", "--color", "never", "--stack", "local"];
    const folder = dirname(paths(instance).daemonLog);
    const output = openEngineLog({ folder, command, verbose: options.verbose, say: (line) => say(`   ${line}`) });
    const { exitCode } = await waitingFor(output.progress, run(instance, "pulumi", args, output.take));
    output.end(exitCode === 0);
    if (exitCode !== 0) throw new LocalError(`pulumi ${command} failed, as described above`);
}

/**
 * If the data is not the stack's data, prepares it in another folder, and previews the stack with it. The stack and
 * `data/` stay as they are.
 *
 * @throws LocalError if Pulumi refuses the preview
 */
async function check(instance: Instance, before: Readonly<Record<string, unknown>>): Promise<void> {
    const folder = join(instance.dir, "demo-check");
    const configFile = join(folder, "Pulumi.local.yaml");
    try {
        const { sha256 } = await prepare(instance, `${folder}/`, () => {});
        if (!hasOtherData(before, sha256)) return;
        await copyFile(localConfig(instance), configFile);
        const file = join(folder, "personalize_interactions_fixed.csv");
        const stack = ["--stack", "local", "--config-file", configFile];
        await run(instance, "pulumi", ["config", "set", "interactionsFile", file, ...stack], "captured");
        const preview = ["preview", "--non-interactive", "--color", "never", ...stack];
        const { exitCode, stdout, stderr } = await run(instance, "pulumi", preview, "captured");
        if (exitCode === 0) return;
        const [, reason = `${stdout}\n${stderr}`] = /^ {4}error: ([\s\S]+?)\n\n/m.exec(stdout) ?? [];
        throw new LocalError(
            `Nothing was changed, because the configuration of stack local does not fit the demo's data:\n${reason}\n\n` +
                "Remove the key of the configuration:  npm run local -- pulumi config rm <key>\n" +
                "Or start over, without the stack and its configuration:  rm Pulumi.local.yaml && npm run local -- reset",
        );
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** Returns the command's option of a name, such as `--item-columns` of `itemColumns`. */
function toOption(name: string): string {
    return `--${name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Prepares the data in the folder `output`. Returns the users for whom the demo prints recommendations, and the SHA-256
 * of the interactions.
 */
async function prepare(
    instance: Instance,
    output: string,
    log: (line: string) => void = (line) => say(`   ${line}`),
): Promise<{ users: string[]; sha256: string }> {
    // npm starts scripts in the project's folder, so resolve relative paths against the folder in which the caller ran
    // npm.
    const caller = process.env.npm_lifecycle_event === "demo" ? (process.env.INIT_CWD ?? ".") : ".";
    const input = options.data === undefined ? [] : [resolve(caller, options.data)];
    const tables = fileOptions.flatMap((name) => {
        const file = options[name];
        return file === undefined ? [] : [toOption(name), resolve(caller, file)];
    });
    const reading = readingOptions.flatMap((name) => {
        const text = options[name];
        return text === undefined ? [] : [toOption(name), text];
    });
    const [how, file] = options.badRows ?? [];
    const badRows =
        how === undefined ? [] : ["--bad-rows", how, ...(file === undefined ? [] : [resolve(caller, file)])];
    // Name the output, because the demo replaces the data of an earlier demo. By default, data-prep would refuse that.
    const yes = options.yes ? ["--yes"] : [];
    const args = ["data-prep/cli.ts", ...input, ...tables, ...reading, ...yes, ...badRows, "--output", output];
    // With this variable, data-prep's messages suggest `npm run demo` commands.
    const typed = JSON.stringify(["npm", "run", "demo", "--", ...process.argv.slice(2)]);
    const env = options.data === undefined ? {} : { MOVIE_RECOMMENDER_TYPED: typed };
    const { exitCode, stderr } = await run(instance, process.execPath, args, log, env);
    if (exitCode !== 0) throw new LocalError(stderr.trim());
    const manifest = JSON.parse(await readFile(resolve(instance.root, output, "manifest.json"), "utf8")) as {
        readonly viewers: string[];
        readonly interactions: { readonly sha256: string };
    };
    return { users: manifest.viewers.slice(0, shownUsers), sha256: manifest.interactions.sha256 };
}

interface Recommendation {
    readonly itemId: string;
    readonly title: string;
    readonly score?: number;
}

async function recommend(instance: Instance, users: readonly string[]): Promise<Record<string, Recommendation[]>> {
    const args = [
        ...["runbooks/recommend.ts", "--stack", "local", "--num-results", String(numResults), "--json", "--"],
        ...users,
    ];
    const { exitCode, stdout, stderr } = await run(instance, process.execPath, args, "captured");
    if (exitCode !== 0) throw new LocalError(stderr.trim());
    return (JSON.parse(stdout) as { recommendations: Record<string, Recommendation[]> }).recommendations;
}

function print(
    users: readonly string[],
    lists: Record<string, Recommendation[]>,
    stackOutputs: Record<string, unknown>,
): void {
    for (const user of users) {
        const rows = (lists[user] ?? []).map(({ itemId, title, score }) => [title, itemId, score?.toFixed(7) ?? "–"]);
        console.log(`\nRecommended to user ${user}`);
        const table = new Table({ head: ["title", "item", "score"], style: { head: [], border: [], compact: true } });
        table.push(...rows);
        console.log(table.toString());
    }
    const [first = ""] = users;
    const firstUsers = shell(...users.slice(0, 2));
    console.log(`
Open     ${stackOutputs.storefrontUrl}
Request  curl '${stackOutputs.apiUrl}/recommendations/${encodeURIComponent(first)}?numResults=3'
Look     npm run local -- watch-status
         npm run local -- recommend ${firstUsers} --explain
         npm run local -- pulumi stack output
Change   npm run local -- pulumi config set minProvisionedTPS 2
         npm run local -- pulumi preview
Stop     npm run local -- pulumi destroy     (on AWS, this ends the campaign's costs)
         npm run local -- stop
This took ${seconds.total} s, of which pulumi up ${seconds.pulumiUp} s.`);
}

function rounded(value: number): number {
    return Math.round(value * 10) / 10;
}
