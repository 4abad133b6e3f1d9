import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { dump, load } from "js-yaml";
import { createHandlers } from "pulumi-personalize/core";
import { approximately, campaignUsdPerMonth, priceNote } from "../core/config/prices.ts";
import { throttles, toRates } from "../core/config/throttles.ts";
import { createCloseClients, isApiClosed, openApi, toServedPlace } from "../core/operations/close-api.ts";
import { describeCampaign, nameInArn, type Served, solutionOf, toServed } from "../core/operations/operation.ts";
import { readStateFlags, removeStateFlag, type StateFlags, writeStateFlag } from "../core/operations/state-flags.ts";
import { confirm, printResult, RunbookError, untilCancelled } from "./lib/cli/runbook.ts";
import {
    campaignInputs,
    type OperatedStack,
    operatedCampaign,
    runOperation,
    stackRunbook,
} from "./lib/stack/operation.ts";
import { recordCampaign } from "./lib/stack/stack.ts";
import { projectFile } from "./lib/stack/stack-config.ts";

const options = stackRunbook(
    "resume",
    ["--dry-run", "--yes"],
    "It also opens a closed API. Nothing is trained, and the campaign costs money again",
)
    .parse()
    .opts();

await runOperation(options, async (stack, deps, signal) => {
    const { config } = stack;
    const ssm = deps.ssm(config.region);
    const { closed, parked, serving } = await readStateFlags(ssm, config.stack);
    const [clients, place] = [createCloseClients(config.region), toServedPlace(config)];
    // The cost guard may have closed both although it could not write the flag.
    const isClosed = closed !== undefined || (config.api && (await isApiClosed(clients, place)));
    const openClosed = async () => {
        if (isClosed && !options.dryRun) await openApi(clients, place, throttles(toRates(config)));
    };
    const since = closed ? `, which were closed since ${closed.since} (${closed.reason})` : "";
    const opened = isClosed
        ? `${options.dryRun ? "It would open API and page" : "API and page are open again"}${since}.\n`
        : "";
    const campaign = await operatedCampaign(deps, stack);
    const description = campaign && (await describeCampaign(deps, campaign.campaignArn));
    if (isClosed && !parked && (!config.campaignEnabled || description)) {
        await openClosed();
        return printed("", campaign?.campaignArn ?? null, description ? toServed(description) : null, 0);
    }
    if (!config.campaignEnabled) {
        throw new RunbookError(
            "campaignEnabled is false, so the next `pulumi up` would delete the campaign again. " +
                "Run `pulumi config set campaignEnabled true` first.",
        );
    }
    const wanted = parked?.campaign ?? (description ? toServed(description) : servedByUp(stack, serving));
    const inputs = campaignInputs(stack, wanted.solutionVersionArn, wanted.minProvisionedTPS);
    const usdPerMonth = campaignUsdPerMonth(config.recipe, wanted.minProvisionedTPS);
    const costs = `costs ${approximately(usdPerMonth)} a month ${priceNote}`;
    // `pulumi preview` compares the price of the whole stack with the limit. Here, compare only the campaign's price,
    // which is most of the stack's price.
    const limit = config.monthlyLimitUsd;
    if (!description && limit !== undefined && usdPerMonth > limit) {
        throw new RunbookError(
            `Campaign ${inputs.name} ${costs}, above monthlyLimitUsd ${limit}. ` +
                `To allow it, run \`pulumi config set monthlyLimitUsd ${Math.ceil(usdPerMonth)}\`.`,
        );
    }
    if (options.dryRun) {
        return printed(
            `${description ? "Nothing to create:" : "It would create"} campaign ${inputs.name} (${inWords(wanted)}), which ${costs}.`,
            campaign?.campaignArn ?? null,
            wanted,
            usdPerMonth,
        );
    }
    // An existing campaign is already billed, so an interrupted resume continues without confirmation.
    if (!description) {
        await confirm(`Create campaign ${inputs.name}? It ${costs}, even without requests.`, options.yes, signal);
    }
    await openClosed();
    const continues =
        "AWS continues to create the campaign, which costs money once it is ACTIVE. Resume the wait: npm run resume";
    return untilCancelled(signal, continues, async () => {
        await removeStateFlag(ssm, config.stack, "parked");
        const { id } = await createHandlers(deps).Campaign.create(inputs);
        await recordAsServed(stack, ssm, { wanted, serving, configFile: options.configFile });
        const live = await describeCampaign(deps, id);
        const served = live ? toServed(live) : wanted;
        const text = `Campaign ${inputs.name} is ${live?.status ?? "gone"} (${inWords(served)}), and ${costs}.`;
        return printed(`${text}${pendingChange(served, servedByUp(stack, serving))}`, id, served, usdPerMonth);
    });

    function printed(text: string, campaignArn: string | null, served: Served | null, usdPerMonth: number): number {
        const document = {
            dryRun: options.dryRun ?? false,
            campaignArn,
            campaign: served,
            usdPerMonth,
            opened: isClosed && !options.dryRun,
        };
        return printResult(options, document, `${opened}${text}`.trim());
    }
});

function inWords({ solutionVersionArn, minProvisionedTPS }: Served): string {
    return `version ${nameInArn(solutionVersionArn)}, ${minProvisionedTPS} TPS`;
}

/** Returns a sentence about what the next `pulumi up` changes; empty if it changes nothing. */
function pendingChange(served: Served, next: Served): string {
    return inWords(served) === inWords(next) ? "" : `\nThe next \`pulumi up\` changes it to ${inWords(next)}.`;
}

/**
 * Records the campaign in Pulumi's state as it is now. The update that does this would also switch the campaign to the
 * newest version and the configured minimum TPS, so it runs with a hold and a configuration that say what serves.
 */
async function recordAsServed(
    stack: OperatedStack,
    ssm: SSMClient,
    { wanted, serving, configFile }: { wanted: Served; serving: StateFlags["serving"]; configFile: string | undefined },
): Promise<void> {
    const next = servedByUp(stack, serving);
    if (inWords(next) === inWords(wanted)) return recordCampaign(stack.stack, configFile);
    const name = stack.config.stack;
    const { solutionVersionArn } = wanted;
    const isOther = next.solutionVersionArn !== solutionVersionArn;
    const folder = await mkdtemp(join(tmpdir(), "movie-recommender-resume-"));
    // If this process is killed, the other fields of the flag stay.
    const held = { ...serving, hold: true, reason: "npm run resume", since: new Date().toISOString() };
    try {
        const file = configFile ?? projectFile(`Pulumi.${name}.yaml`);
        const text = await readFile(file, "utf8").catch(() => "");
        const settings = (load(text) ?? {}) as { config?: Record<string, unknown> };
        const key = `${stack.config.project}:minProvisionedTPS`;
        const config = { ...settings.config, [key]: String(wanted.minProvisionedTPS) };
        const copy = join(folder, "Pulumi.yaml");
        await writeFile(copy, dump({ ...settings, config }), { mode: 0o600 });
        if (isOther) await writeStateFlag(ssm, name, "serving", { ...held, solutionVersionArn });
        await recordCampaign(stack.stack, copy);
    } finally {
        if (isOther)
            await (serving ? writeStateFlag(ssm, name, "serving", serving) : removeStateFlag(ssm, name, "serving"));
        await rm(folder, { recursive: true });
    }
}

/**
 * Returns the version and minimum TPS that `pulumi up` would serve. `resume` needs them if the state flag `parked` is
 * missing, because an earlier `resume` was interrupted after it had removed the flag.
 * @throws RunbookError without a trained version
 */
function servedByUp({ stack, config, arnOf }: OperatedStack, serving: StateFlags["serving"]): Served {
    const newest = arnOf("SolutionVersion");
    const solutionVersionArn = serving?.hold ? serving.solutionVersionArn : newest;
    if (!solutionVersionArn) {
        throw new RunbookError(`Stack ${stack} has no trained version to resume. Create one with: pulumi up`);
    }
    const followsLatest = config.syncWithLatestSolutionVersion && !serving?.hold;
    return {
        solutionVersionArn: followsLatest ? `${solutionOf(solutionVersionArn)}/$LATEST` : solutionVersionArn,
        minProvisionedTPS: config.minProvisionedTPS,
    };
}
