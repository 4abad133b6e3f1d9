import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateDatasetGroupCommand } from "@aws-sdk/client-personalize";
import { createAdmin } from "../../../packages/local-aws/test/admin.ts";
import { followAudit } from "../../support/audited.ts";
import { runPython } from "../../support/aws-cli.ts";
import { interrupted } from "../../support/interrupt.ts";
import { assertExit, region, type TestAws } from "../../support/local-aws.ts";
import type { Change, RevertCase } from "./cases.ts";
import { findLeftovers, findLost, type Inventory, withoutLeaving } from "./judge.ts";

const viewer = "1";
const served = { api: true, eventTracker: true, storefront: "api" };
const recipe = "arn:aws:personalize:::recipe/aws-user-personalization";

/** Changes during which docs/configuration.md promises that the API answers. */
const apiAnswers: ReadonlySet<Change> = new Set(["recipe", "bucketName", "data", "adopt"]);

/** The result of one run. */
export interface RevertResult {
    /** Whether `up` was interrupted; false if it completed before. */
    readonly struck: boolean;
    readonly lost: readonly string[];
    readonly leftovers: readonly string[];
    readonly unneededTrainings: number;
    readonly unanswered: number;
    /** Whether the campaign serves as before the change; undefined after `destroy`. */
    readonly serves?: boolean;
    readonly previewEmpty?: boolean;
    /** Commands that the user had to run in addition to `ending`. */
    readonly steps: readonly string[];
    readonly problem?: string;
}

/** The deployed stack before the change. */
export interface Baseline {
    readonly inventory: Inventory;
    readonly outputs: Readonly<Record<string, string>>;
    readonly contentHash: string;
}

/** Deploys the stack and stores a viewer's event in the API's table. */
export async function establish(aws: TestAws): Promise<Baseline> {
    await aws.configure(served);
    await aws.writeInteractions(1);
    assertExit(await aws.engine("up"), 0);
    const outputs = await aws.outputs();
    const csv = await readFile(aws.interactionsFile);
    const events = { userId: viewer, sessionId: "s", events: [{ eventType: "Watch", itemId: "1" }] };
    const headers = { "content-type": "application/json" };
    await fetch(`${outputs.apiUrl}/events`, { method: "POST", headers, body: JSON.stringify(events) });
    const contentHash = createHash("sha256").update(csv).digest("hex").slice(0, 8);
    return { inventory: await inventory(aws), outputs, contentHash };
}

/**
 * Makes the change, interrupts its `up`, reverts the change, runs the commands in `ending`, and compares the account's
 * resources with those before.
 */
export async function runCase(aws: TestAws, baseline: Baseline, one: RevertCase): Promise<RevertResult> {
    const asks = apiAnswers.has(one.change)
        ? keepAsking(`${baseline.outputs.apiUrl}/recommendations/${viewer}`)
        : undefined;
    await make(aws, one.change);
    const struck = await interrupted(aws, "up", one);
    const stopped = await inventory(aws);
    const stoppedAt = await lastRequest(aws);
    await aws.configure(served);
    if (one.change === "data") await aws.writeInteractions(1);
    // `destroy` deletes the API, so stop the requests before it.
    const beforeEnding = one.ending === "destroy" ? ((await asks?.end()) ?? 0) : 0;
    const { steps, problem } = await end(aws, one.ending);
    const unanswered = one.ending === "destroy" ? beforeEnding : ((await asks?.end()) ?? 0);
    const after = await inventory(aws);
    const common = { struck, steps, unanswered, ...(problem !== undefined && { problem }) };
    const others = (left: readonly string[]) => left.filter((thing) => !thing.endsWith("/console-films"));
    if (one.ending === "destroy") {
        const leftovers = others(findLeftovers({}, after));
        return { ...common, lost: [], leftovers, unneededTrainings: await trainings(aws, stoppedAt) };
    }
    const isTrained = Object.keys(baseline.inventory).some(
        (thing) => thing.startsWith("version ") && stopped[thing] === baseline.inventory[thing],
    );
    const preview = await aws.engine("preview", "--expect-no-changes");
    return {
        ...common,
        lost: findLost(baseline.inventory, stopped, after),
        leftovers: others(findLeftovers(baseline.inventory, after)),
        unneededTrainings: Math.max(0, (await trainings(aws, stoppedAt)) - (isTrained ? 0 : 1)),
        serves: await serves(aws, baseline),
        previewEmpty: preview.exitCode === 0,
    };
}

async function make(aws: TestAws, change: Change): Promise<void> {
    switch (change) {
        case "data":
            return aws.writeInteractions(2);
        case "nameSuffix":
            return aws.configure({ ...served, nameSuffix: "-yy" });
        case "recipe":
            return aws.configure({ ...served, recipe: "aws-user-personalization-v2", monthlyLimitUsd: 1000 });
        case "bucketName":
            return aws.configure({ ...served, bucketName: `another-bucket-${aws.stack}` });
        case "adopt": {
            const command = new CreateDatasetGroupCommand({ name: "console-films" });
            const datasetGroupArn = await aws.personalize.send(command).then(
                (answer) => answer.datasetGroupArn,
                () => `arn:aws:personalize:${region}:000000000000:dataset-group/console-films`,
            );
            return aws.configure({ ...served, adopt: { datasetGroup: datasetGroupArn } });
        }
    }
}

/** Runs the commands in `ending`. After a failure, runs what the error message recommends, as a user would. */
async function end(aws: TestAws, ending: RevertCase["ending"]): Promise<{ steps: string[]; problem?: string }> {
    const steps: string[] = [];
    const command = ending === "destroy" ? "destroy" : "up";
    if (ending === "refresh and up") assertExit(await aws.engine("refresh", "--clear-pending-creates"), 0);
    for (let attempt = 1; ; attempt += 1) {
        const { exitCode, stdout, stderr } = await aws.engine(command);
        if (exitCode === 0) break;
        if (attempt === 3) return { steps, problem: diagnosticsIn(stdout + stderr) };
        // The engine recommends this: "you can repair your stack using `pulumi refresh`".
        steps.push(...(await followAudit(aws)), "pulumi refresh", `pulumi ${command}`);
        await aws.engine("refresh", "--clear-pending-creates");
    }
    steps.push(...(await followAudit(aws)));
    return { steps };
}

/** Returns the errors in the engine's output, by resource. */
const diagnosticsIn = (text: string) =>
    text
        .split(/\n\s*\n/)
        .filter((block) => /\berror: /.test(block))
        .map((block) => block.slice(0, 1000))
        .join("\n");

/** Sends requests to the API, one every 300 ms. `end` stops them and returns the number of failed requests. */
function keepAsking(url: string) {
    let [isOver, unanswered] = [false, 0];
    const asking = (async () => {
        while (!isOver) {
            const isAnswered = await fetch(url, { signal: AbortSignal.timeout(15_000) }).then(
                ({ ok }) => ok,
                () => false,
            );
            unanswered += isAnswered ? 0 : 1;
            await sleep(300);
        }
    })();
    return {
        async end(): Promise<number> {
            isOver = true;
            await asking;
            return unanswered;
        },
    };
}

const lastRequest = async ({ instance }: TestAws) => (await createAdmin(instance).requests()).at(-1)?.id ?? 0;

async function trainings({ instance }: TestAws, after: number): Promise<number> {
    const requests = await createAdmin(instance).requests(after);
    return requests.filter((one) => one.operation === "CreateSolutionVersion" && one.outcome === "accepted").length;
}

const script = (name: string) => join(import.meta.dirname, name);
const inventory = async ({ instance }: TestAws): Promise<Inventory> =>
    withoutLeaving(await runPython(instance, script("inventory.py"), region));

/**
 * Checks with boto3 whether the campaign returns a list from a version with the data and the recipe from before the
 * change.
 */
async function serves(aws: TestAws, { outputs, contentHash }: Baseline): Promise<boolean> {
    const { campaignArn } = await aws.outputs();
    if (!campaignArn) return false;
    const served = await runPython(aws.instance, script("serving.py"), region, campaignArn, viewer).catch(() => ({}));
    return (
        served.status === "ACTIVE" &&
        served.items > 0 &&
        served.recipe === recipe &&
        served.dataset === outputs.datasetArn &&
        served.contentHash === contentHash
    );
}
