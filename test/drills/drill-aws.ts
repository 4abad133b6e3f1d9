import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STS } from "@aws-sdk/client-sts";
import { Option } from "commander";
import { aboveZero, benchCommand } from "../../bench/lib/command.ts";
import { approximately, priceNote } from "../../core/config/prices.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { defaultInstance, environment, root } from "../../packages/local-aws/instance.ts";
import { interactionsCsv, ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { table } from "../../runbooks/lib/cli/output.ts";
import { exitCodes, runAction } from "../../runbooks/lib/cli/runbook.ts";
import { createSettings, testInstance } from "../support/local-aws.ts";
import { outcomes, runRow } from "./record/checks.ts";
import { compare } from "./record/compare.ts";
import { drillUsd, makeDrillStack, readRegion } from "./record/drill-stack.ts";
import { type LifeEnd, liveThrough } from "./record/life.ts";
import { findLeaks, readRecording } from "./record/recording.ts";

/**
 * Deploys, uses and destroys a stack on a real AWS account and records every call to Personalize. Then runs the same
 * steps on the local AWS, compares both recordings, and answers the rows of docs/unproven.md.
 */

interface Options {
    readonly spendUpTo?: number;
    readonly against: "aws" | "local";
    readonly output?: string;
}

const options = benchCommand(
    "drill:aws",
    "Deploys, uses and destroys a stack on your AWS account, which costs money, and compares it with the local AWS",
    ["--spend-up-to 10", "--against local --spend-up-to 10"],
)
    .option(
        "--spend-up-to <US dollars>",
        "start only if the estimate by core/config/prices.ts is at most this",
        aboveZero,
    )
    .addOption(
        new Option("--against <where>", "local: run on a separate local AWS instead, free of charge")
            .choices(["aws", "local"])
            .default("aws"),
    )
    .option(
        "--output <folder>",
        "folder for the recording; default for AWS: test/recorded/<date>; otherwise it is not kept",
    )
    .parse()
    .opts<Options>();

const say = (text: string) => void process.stderr.write(text);
const ratings = syntheticRatings();
const usd = drillUsd({
    bytes: interactionsCsv(ratings).length,
    interactions: ratings.length,
    users: new Set(ratings.map(({ user }) => user)).size,
});
const onAws = options.against === "aws" && !process.env.AWS_ENDPOINT_URL;

console.log(
    `${onAws ? "This drill costs" : "On AWS this drill would cost"} ${approximately(usd)} ${priceNote}: an import, a training, ` +
        "a campaign of 1 TPS, the API and its page, and a batch inference job. It takes two to three hours there.",
);
if (options.spendUpTo === undefined || !(options.spendUpTo >= usd.high)) {
    const given = options.spendUpTo === undefined ? "no limit was given" : `the limit is $${options.spendUpTo}`;
    console.log(`Nothing was done: ${given}. Allow it with: npm run drill:aws -- --spend-up-to ${Math.ceil(usd.high)}`);
    process.exitCode = exitCodes.usage;
} else {
    for (const end of ["SIGTERM", "SIGHUP"]) process.on(end, () => process.emit("SIGINT"));
    await runAction(true, drill);
}

async function drill(signal: AbortSignal): Promise<number> {
    const scratch = await mkdtemp(join(tmpdir(), "drill-aws-"));
    signal.addEventListener("abort", () =>
        say(
            "\nStopping: the current step ends first, then the stack is destroyed. Ctrl-C again ends this program at once.\n",
        ),
    );
    try {
        const recording = await prepared(scratch);
        const end =
            options.against === "local" ? await onOwnLocalAws(signal, recording) : await onAccount(signal, recording);
        report(end);
        const emulated = join(scratch, "emulator.jsonl");
        if (!signal.aborted) {
            say("\n== the same life on the emulator ==\n");
            report(await onOwnLocalAws(signal, emulated));
        }
        if (signal.aborted && end.left.length === 0) return exitCodes.cancelled;
        printDifferences(recording, emulated);
        const isAsDocumented = printOutcomes(recording);
        return isAsDocumented && end.problems.length + end.left.length === 0 ? exitCodes.fine : exitCodes.problem;
    } finally {
        await rm(scratch, { recursive: true, force: true });
    }
}

/** Creates the folder of the recording and returns the path of the file. */
async function prepared(scratch: string): Promise<string> {
    const date = new Date().toISOString().slice(0, 10);
    const folder = options.output ?? (onAws ? join(root, "test", "recorded", date) : scratch);
    await mkdir(folder, { recursive: true });
    const file = join(folder, "recording.jsonl");
    await rm(file, { force: true });
    return file;
}

/**
 * Runs the drill with the credentials in the environment. Deletes the recording if it contains account ids, keys or
 * names of the account.
 */
async function onAccount(signal: AbortSignal, recording: string): Promise<LifeEnd> {
    const sts = new STS({ region: readRegion(process.env) });
    const { Account = "", Arn = "" } = await sts.getCallerIdentity({});
    const { accessKeyId } = await sts.config.credentials();
    console.log(`using account ${Account} with the credentials of ${Arn}`);
    const folder = join(defaultInstance().dir, "drill-aws");
    const settings = { region: readRegion(process.env) };
    const pollSeconds = onAws ? "15" : "0.2";
    const end = await life(signal, { env: process.env, settings, folder, recording, pollSeconds });
    // On the local AWS, the recording may contain the account and user, because they are not secret.
    const secrets = onAws ? [Account, accessKeyId, Arn.split("/").at(-1) ?? ""] : [];
    const leaks = findLeaks(await readFile(recording, "utf8").catch(() => ""), secrets);
    if (leaks.length > 0) {
        await rm(recording, { force: true });
        throw new Error(
            `The recording was deleted, because it still contains: ${leaks.join(", ")}. Add them to test/drills/record/recording.ts.`,
        );
    }
    return end;
}

/** Runs the drill on a separate local AWS. */
async function onOwnLocalAws(signal: AbortSignal, recording: string): Promise<LifeEnd> {
    const instance = await testInstance(defaultInstance().speed);
    try {
        await start(instance, () => {});
        return await life(signal, {
            env: environment(instance),
            settings: createSettings(instance),
            folder: instance.dir,
            recording,
            pollSeconds: "0.2",
        });
    } finally {
        await stop(instance);
        await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
    }
}

async function life(
    signal: AbortSignal,
    where: Omit<Parameters<typeof makeDrillStack>[0], "ratings" | "say">,
): Promise<LifeEnd> {
    const stack = await makeDrillStack({ ...where, ratings: ratingsFile(ratings), say });
    console.log(`stack ${stack.stack}. If this program is killed, destroy the stack with:\n  ${stack.byHand}`);
    const end = await liveThrough(stack, { signal, say });
    if (end.left.length === 0 && !end.problems.some((problem) => /^(destroy|operator):/.test(problem))) {
        await stack.forget();
    }
    return end;
}

function report({ problems, left }: LifeEnd): void {
    for (const problem of problems) console.log(`problem: ${problem}`);
    for (const thing of left) console.log(`left: ${thing}`);
    if (problems.length + left.length === 0) console.log("All steps succeeded, and destroy left no resource.");
}

function printDifferences(recorded: string, emulated: string): void {
    const [one, other] = [readRecording(recorded), readRecording(emulated)];
    const differences = compare(one, other);
    console.log(`${one.length} calls recorded, ${other.length} on the emulator, ${differences.length} differences.`);
    if (differences.length > 0) {
        const rows = differences.map(({ what, where, one, other }) => [what, where, one, other]);
        console.log(table(["what", "where", onAws ? "AWS" : "recorded", "emulator"], rows));
        console.log(
            "A state that only one recording contains may not be a real difference: the other drill may have missed it between two polls.",
        );
    }
}

/** Prints the outcome of each check, and the row for docs/unproven.md. Returns whether no outcome differs. */
function printOutcomes(recording: string): boolean {
    const results = outcomes(readRecording(recording));
    const rows = results.map(({ check, outcome, text }) => [check, outcome, text]);
    console.log(table(["check", "outcome", onAws ? "AWS's text" : "text"], rows));
    console.log(`${onAws ? "Add" : "On AWS, add"} this line to the table at the end of docs/unproven.md:`);
    console.log(runRow(new Date().toISOString().slice(0, 10), readRegion(process.env), results));
    return results.every(({ outcome }) => outcome !== "differs");
}
