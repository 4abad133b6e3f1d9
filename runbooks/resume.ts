import { createHandlers } from "pulumi-personalize/core";
import { approximately, campaignUsdPerMonth, priceNote } from "../core/config/prices.ts";
import { throttles, toRates } from "../core/config/throttles.ts";
import { createCloseClients, isApiClosed, openApi, toServedPlace } from "../core/operations/close-api.ts";
import { describeCampaign, nameInArn, type Served, toServed } from "../core/operations/operation.ts";
import { readStateFlags, removeStateFlag, type StateFlags } from "../core/operations/state-flags.ts";
import { printResult } from "./lib/cli/output.ts";
import { confirm, exitCodes, RunbookError, untilCancelled } from "./lib/cli/runbook.ts";
import {
    campaignInputs,
    type OperatedStack,
    type OperationOptions,
    operatedCampaign,
    runOperation,
    stackRunbook,
} from "./lib/stack/operation.ts";
import { recordCampaign } from "./lib/stack/stack.ts";

const options = stackRunbook(
    "resume",
    ["--dry-run", "--yes"],
    "It also opens a closed API. Nothing is trained, and the campaign costs money again",
)
    .parse()
    .opts<OperationOptions>();

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
    const at = `version ${nameInArn(wanted.solutionVersionArn)}, ${wanted.minProvisionedTPS} TPS`;
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
            `It would create campaign ${inputs.name} (${at}), which ${costs}.`,
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
        await recordCampaign(stack.stack, options.configFile);
        return printed(`Campaign ${inputs.name} is ACTIVE (${at}), and ${costs}.`, id, wanted, usdPerMonth);
    });

    function printed(text: string, campaignArn: string | null, served: Served | null, usdPerMonth: number): number {
        const document = {
            dryRun: options.dryRun ?? false,
            campaignArn,
            campaign: served,
            usdPerMonth,
            opened: isClosed && !options.dryRun,
        };
        printResult(options, document, `${opened}${text}`.trim());
        return exitCodes.fine;
    }
});

/**
 * Returns the version and minimum TPS that `pulumi up` would serve. `resume` needs them if the state flag `parked` is
 * missing, because an earlier `resume` was interrupted after it had removed the flag.
 * @throws RunbookError without a trained version
 */
function servedByUp({ stack, config, arnOf }: OperatedStack, serving: StateFlags["serving"]): Served {
    const solutionVersionArn = serving?.hold ? serving.solutionVersionArn : arnOf("SolutionVersion");
    if (!solutionVersionArn) {
        throw new RunbookError(`Stack ${stack} has no trained version to resume. Create one with: pulumi up`);
    }
    return { solutionVersionArn, minProvisionedTPS: config.minProvisionedTPS };
}
