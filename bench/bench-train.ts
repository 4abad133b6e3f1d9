import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateCampaignCommand, CreateSolutionCommand } from "@aws-sdk/client-personalize";
import { Option } from "commander";
import { DEFAULT_OUTPUT } from "../data-prep/files.ts";
import { interactionsCsv, syntheticRatings } from "../packages/local-personalize/test/interactions.ts";
import {
    createBucket,
    createDataset,
    recipe,
    runImportJob,
    type Service,
    startService,
    trainVersion,
    until,
} from "../packages/local-personalize/test/support.ts";
import { endWithProcess } from "../test/support/on-signal.ts";
import { benchCommand, existing, log, printGoals, showLine, showTable } from "./lib/command.ts";
import { postRequest, startLoad } from "./load/run.ts";

/**
 * Measures time and memory of a training in the local Personalize, and the latency of another campaign's
 * GetRecommendations during the training. The local Personalize runs in this process; the generator of the data and the
 * client run in separate processes.
 */

/** Sizes of the generated data: about those of MovieLens 1M, of a fifth of MovieLens 25M, and of MovieLens 25M. */
const sizes = [
    { name: "1m", users: 6_040, items: 3_706, interactions: 1_000_000 },
    { name: "5m", users: 34_000, items: 20_000, interactions: 5_000_000 },
    { name: "24m", users: 162_000, items: 59_000, interactions: 24_000_000 },
];

const { data, only } = benchCommand(
    "bench:train",
    "How much time and memory does a training take, and does the service answer requests meanwhile?",
    ["", "--only 1m"],
)
    .option("--data <file>", "the interactions of MovieLens 100k", DEFAULT_OUTPUT)
    .addOption(
        new Option("--only <sizes...>", "measure only these sizes; the goals of the other sizes are skipped").choices(
            sizes.map(({ name }) => name),
        ),
    )
    .parse()
    .opts<{ data: string; only?: string[] }>();

existing(data);

const { access } = createBucket({
    "films/interactions.csv": readFileSync(data),
    "films/small.csv": interactionsCsv(syntheticRatings()),
});
const service = await startService({ access });
const generating = new AbortController();
let discarded: Promise<void> | undefined;
const forget = endWithProcess(end);
try {
    log("MovieLens 100k");
    const films = await trained(service, "films");
    const campaign = { name: "films", solutionVersionArn: films.arn };
    const { campaignArn = "" } = await service.personalize.send(new CreateCampaignCommand(campaign));
    const requests = Array.from({ length: 943 }, (_, user) =>
        postRequest("/recommendations", { campaignArn, userId: String(user + 1) }, { host: "127.0.0.1" }),
    );
    await until(async () => {
        const answer = await fetch(`${service.endpoint}/recommendations`, {
            method: "POST",
            body: JSON.stringify({ campaignArn, userId: "22" }),
        });
        return answer.ok;
    });
    const port = Number(new URL(service.endpoint).port);
    const rows = [];
    const goals = [{ name: "train-100k-seconds", figure: films.seconds, bound: "<" as const, limit: 2, unit: "s" }];
    for (const size of sizes.filter(({ name }) => only?.includes(name) ?? true)) {
        log(`${size.interactions.toLocaleString("en-US")} interactions`);
        const order = requests.map((_, at) => (at * 367) % requests.length);
        let load: ReturnType<typeof startLoad> | undefined;
        const { seconds } = await trained(service, `size-${size.name}`, async (file) => {
            const numbers = [size.users, size.items, size.interactions].map(String);
            const script = new URL("train/generate.ts", import.meta.url).pathname;
            const args = ["--max-old-space-size=4096", script, file, ...numbers];
            await promisify(execFile)(process.execPath, args, { signal: generating.signal });
            load = startLoad({ port, connections: 1, requests, order });
        });
        const measured = await load?.stop();
        if (!measured || measured.failed > 0) throw new Error(`A request failed: ${measured?.failure}`);
        const gib = process.resourceUsage().maxRSS / 2 ** 20;
        log(
            `  trained in ${seconds.toFixed(1)} s with at most ${gib.toFixed(2)} GiB; p99 of GetRecommendations meanwhile: ${measured.p99.toFixed(1)} ms`,
        );
        rows.push([size.name, seconds.toFixed(1), gib.toFixed(2), measured.p50.toFixed(1), measured.p99.toFixed(1)]);
        if (size.name !== "24m") continue;
        goals.push(
            { name: "train-24m-minutes", figure: seconds / 60, bound: "<", limit: 10, unit: "" },
            { name: "train-24m-gib", figure: gib, bound: "<", limit: 8, unit: "" },
            { name: "train-serving-p99-ms", figure: measured.p99, bound: "<", limit: 50, unit: "ms" },
        );
    }
    showLine(`MovieLens 100k: training and metrics take ${films.seconds.toFixed(2)} s\n`);
    showTable(["interactions", "seconds", "peak GiB", "serving p50 ms", "serving p99 ms"], rows);
    process.exitCode = printGoals(goals);
} finally {
    forget();
    await end();
}

/**
 * Ends this bench: stops the generator first, because it could recreate the folder, then ends the local Personalize and
 * removes its folder. Repeated calls return the same promise.
 */
function end(): Promise<void> {
    generating.abort();
    discarded ??= service.discard();
    return discarded;
}

/**
 * Imports data, trains a solution version and waits until it is ACTIVE. `replaceRows` overwrites the imported rows with
 * more rows, because this bench does not measure an import of millions of rows.
 */
async function trained(service: Service, name: string, replaceRows?: (file: string) => Promise<void>) {
    const folder = join(service.dataDir, "datasets");
    const before = existsSync(folder) ? readdirSync(folder) : [];
    const { datasetArn, datasetGroupArn } = await createDataset(service, name);
    const dataLocation = `s3://films/${replaceRows ? "small" : "interactions"}.csv`;
    await runImportJob(service, { jobName: name, datasetArn, dataLocation });
    const [rows = ""] = readdirSync(folder).filter((file) => !before.includes(file));
    await replaceRows?.(join(folder, rows));
    const solution = {
        name,
        datasetGroupArn,
        recipeArn: recipe("aws-user-personalization"),
        performAutoTraining: false,
    };
    const { solutionArn = "" } = await service.personalize.send(new CreateSolutionCommand(solution));
    const started = performance.now();
    const version = await trainVersion(service, solutionArn);
    const seconds = (performance.now() - started) / 1000;
    if (version.status !== "ACTIVE") throw new Error(`The training failed: ${version.failureReason}`);
    return { arn: String(version.solutionVersionArn), seconds };
}
