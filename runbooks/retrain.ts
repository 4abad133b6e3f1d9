import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { messageOf } from "terminal-text";
import { approximately, priceNote, trainingUsd, type UsdRange } from "../core/config/prices.ts";
import { nameInArn, nowIso, type OperationDeps } from "../core/operations/operation.ts";
import { type Compared, countTestUsers, insignificantMisses } from "../core/operations/quality-gate.ts";
import { fetchMetrics } from "../core/operations/solution-versions.ts";
import { readStateFlags, writeStateFlag } from "../core/operations/state-flags.ts";
import { type Columns, readColumns } from "../data-prep/columns.ts";
import { prepareCommand } from "../data-prep/manifest.ts";
import { popularityMetrics } from "../data-prep/popularity.ts";
import { counted } from "../data-prep/words.ts";
import { table } from "./lib/cli/output.ts";
import { exitCodes, printResult, RunbookError, untilCancelled } from "./lib/cli/runbook.ts";
import { refuseBatch } from "./lib/stack/no-campaign.ts";
import {
    findRecordedArn,
    type OperatedStack,
    operatedCampaign,
    refuseParked,
    runOperation,
    stackRunbook,
} from "./lib/stack/operation.ts";
import { pulumiUp } from "./lib/stack/pulumi.ts";
import { recordCampaign, recordedResources } from "./lib/stack/stack.ts";
import { projectFile } from "./lib/stack/stack-config.ts";
import { findImportJob, hasNewData, renewTables } from "./lib/training/new-data.ts";
import { type RetrainDeps, type Retrained, retrain, smokeProblem } from "./lib/training/retrain.ts";

/** The number of known users in the smoke test. */
const askedUsers = 5;

const options = stackRunbook(
    "retrain",
    ["--dry-run", "--reimport", ""],
    "It switches back if the new version fails a smoke test",
)
    .option(
        "--reimport",
        "import the interactions again although they are unchanged, because filters forget users after three months",
    )
    .option("--dry-run", "only print whether there is new data, and the price of a training")
    .parse()
    .opts();

/** The command that resumes this retraining. */
const again = `npm run retrain${options.reimport ? " -- --reimport" : ""}`;

await runOperation(options, async (stack, deps, signal) => {
    const { config } = stack;
    await refuseParked(deps, config);
    refuseAutomatic(config);
    refuseBatch(
        config,
        "With performAutoTraining, Personalize trains, and the next job uses the newest version that passes the quality gate. To train on new data now: pulumi up",
    );
    const campaign = await operatedCampaign(deps, stack);
    if (!config.campaignEnabled || !campaign || !stack.arnOf("Campaign")) {
        throw new RunbookError(
            `The state of stack ${stack.stack} contains no campaign, so there is nothing to switch. Create it with: pulumi up`,
        );
    }
    const { campaignArn } = campaign;
    refuseReplacement(stack);
    const data = await readData(config.interactionsFile);
    const price = trainingUsd(config.recipe, { interactions: data.users.length });
    const priced = `a training on ${counted(data.users.length, "interaction")} costs ${approximately(price)} ${priceNote}`;
    if (options.dryRun) return printPlan(await isDataNew(stack, deps), price, priced);
    const continues = `The live version continues to serve, and \`pulumi up\` keeps it. AWS continues a started import or training, and bills it once. Resume: ${again}`;
    return untilCancelled(signal, continues, async () => {
        const world = createRetrainDeps({ stack, deps, campaignArn, data, priced, signal });
        const done = await retrain(world, campaign, config.gate);
        const isRefused = done.outcome === "refused" || done.outcome === "rolled back";
        if (isRefused) await recordCampaign(stack.stack, options.configFile);
        const accepted = done.compared ? insignificantMisses(done.compared, config.gate) : [];
        const exitCode = isRefused ? exitCodes.problem : exitCodes.fine;
        return printResult(options, done, () => print(done, accepted), exitCode);
    });
});

async function isDataNew(stack: OperatedStack, deps: OperationDeps): Promise<boolean> {
    const { sent } = await readStateFlags(deps.ssm(stack.config.region), stack.config.stack, ["sent"]);
    return hasNewData(stack, sent);
}

interface RetrainParts {
    readonly stack: OperatedStack;
    readonly deps: OperationDeps;
    readonly campaignArn: string;
    readonly data: Columns;
    /** Text about the price of a training. */
    readonly priced: string;
    readonly signal: AbortSignal;
}

/** Creates the dependencies of a retraining: Pulumi, Personalize, and the tables beside the data. */
function createRetrainDeps({ stack, deps, campaignArn, data, priced, signal }: RetrainParts): RetrainDeps {
    const { config } = stack;
    return {
        ...deps,
        async hasNewData() {
            const isNew = await isDataNew(stack, deps);
            if (isNew) process.stderr.write(`${priced}\n`);
            return isNew;
        },
        ...(options.reimport && { reimport: () => requestReimport(stack, deps) }),
        async up() {
            const tables = await renewTables(config);
            if (tables !== undefined) process.stderr.write(`rebuilt ${tables} from the new interactions\n`);
            const exitCode = await pulumiUp({ ...options, stack: stack.stack, signal });
            signal.throwIfAborted();
            if (exitCode !== 0) {
                throw new RunbookError(
                    "`pulumi up` failed (see above). The live version continues to serve, and is held. Fix the error, and run " +
                        `\`${again}\` again. To cancel the retraining: npm run rollback -- --release`,
                );
            }
        },
        async newest() {
            const version = findRecordedArn(await recordedResources(stack.stack), "SolutionVersion");
            if (version === undefined) {
                throw new RunbookError("The stack's state contains no solution version. Create it with: pulumi up");
            }
            return version;
        },
        async compare(fresh, live) {
            const client = deps.client(config.region);
            return {
                fresh: await fetchMetrics(client, fresh),
                live: await fetchMetrics(client, live),
                popularity: popularityMetrics(data),
                testUsers: countTestUsers(data),
            };
        },
        async smokeProblem() {
            const { userIds, itemIds } = data;
            const client = new PersonalizeRuntimeClient({ region: config.region });
            return smokeProblem(client, campaignArn, userIds.slice(0, askedUsers), new Set(itemIds), signal);
        },
    };
}

/** Writes the state flag that makes `pulumi up` run the last import again. */
async function requestReimport({ config, recorded }: OperatedStack, deps: OperationDeps): Promise<void> {
    const importJobArn = findImportJob(recorded, config.names.importJobPrefix)?.arn;
    if (importJobArn === undefined) {
        throw new RunbookError("The stack's state contains no import job. Create it with: pulumi up");
    }
    const flag = { reason: "retrain --reimport", since: nowIso(), importJobArn };
    await writeStateFlag(deps.ssm(config.region), config.stack, "reimport", flag);
}

function printPlan(isNew: boolean, price: UsdRange, priced: string): number {
    const priceText = `${priced.replace(/^a/, "A")}.`;
    const text = isNew
        ? `There is new data: \`npm run retrain\` would import it and train. ${priceText}`
        : options.reimport
          ? "There is no new data: `npm run retrain -- --reimport` would import the interactions again, and train nothing."
          : `There is no new data: \`npm run retrain\` would change nothing. Put new data into the file of config interactionsFile. ${priceText}`;
    return printResult(options, { dryRun: true, hasNewData: isNew, trainingUsd: price }, text);
}

function refuseAutomatic({ syncWithLatestSolutionVersion }: OperatedStack["config"]): void {
    if (syncWithLatestSolutionVersion) {
        throw new RunbookError(
            "Amazon Personalize trains this stack's solution and switches its campaign automatically (syncWithLatestSolutionVersion), without a quality gate. " +
                "Run `pulumi config set syncWithLatestSolutionVersion false` and `pulumi up` to use this runbook.",
        );
    }
}

/**
 * Rejects a changed recipe: `pulumi up` would replace the solution, and so delete all versions, of which one serves and
 * others are for comparison or rollback.
 */
function refuseReplacement({ recorded, config }: OperatedStack): void {
    const solution = recorded.findLast(({ kind }) => kind === "Solution")?.inputs;
    const recipe = typeof solution?.recipeArn === "string" ? nameInArn(solution.recipeArn) : undefined;
    if (solution && recipe !== config.recipe) {
        throw new RunbookError(
            `The configured recipe is ${config.recipe ?? "AutoML's choice"}, and the solution's recipe is ${recipe ?? "AutoML's choice"}: ` +
                "`pulumi up` would replace the solution and its campaign, and there would be no recommendations meanwhile. To change the recipe, run `pulumi up` yourself.",
        );
    }
}

async function readData(file: string): Promise<Columns> {
    try {
        return await readColumns(projectFile(file));
    } catch (error) {
        throw new RunbookError(
            `${file} cannot be read (${messageOf(error)}). Create it with: ${await prepareCommand(file)}`,
        );
    }
}

function print({ outcome, live, fresh, newest, compared, reasons }: Retrained, accepted: readonly string[]): void {
    if (compared) printCompared(compared, nameInArn(fresh ?? ""), nameInArn(live));
    const why = reasons.join("; ");
    const passedOver =
        newest === live
            ? ""
            : ` Version ${nameInArn(newest)} is newer, and does not serve. Switch to it: npm run rollback -- --to ${nameInArn(newest)}`;
    const doubts = accepted.map((each) => `The quality gate accepted the version, although ${each}.\n`).join("");
    const sentences = {
        switched: `${doubts}Version ${nameInArn(fresh ?? "")} serves, and passed the smoke test. Back to ${nameInArn(live)}: npm run rollback -- --to ${nameInArn(live)}`,
        "nothing new": `There is no new data to train on: version ${nameInArn(live)} continues to serve. Put new data into the file of config interactionsFile.${passedOver}`,
        "imported again": `The interactions are imported again. They are unchanged, so there is nothing to train: version ${nameInArn(live)} continues to serve.${passedOver}`,
        refused:
            `The quality gate refused version ${nameInArn(fresh ?? "")}: ${why}.\nVersion ${nameInArn(live)} continues to serve, and is held. ` +
            `Switch anyway: npm run rollback -- --to ${nameInArn(fresh ?? "")}; let \`pulumi up\` switch: npm run rollback -- --release`,
        "rolled back":
            `Version ${nameInArn(fresh ?? "")} failed the smoke test: ${why}.\n` +
            `Version ${nameInArn(live)} serves again, and is held. End the hold: npm run rollback -- --release`,
    };
    console.log(sentences[outcome]);
}

function printCompared({ fresh, live, popularity }: Compared, freshId: string, liveId: string): void {
    const rows = Object.keys(popularity).map((key) => [
        key,
        ...[fresh, live, popularity].map((metrics) => metrics?.[key]?.toFixed(4) ?? "–"),
    ]);
    console.log(table(["metric", `new ${freshId}`, `live ${liveId}`, "most popular"], rows));
}
