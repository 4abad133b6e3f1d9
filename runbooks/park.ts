import { approximately, campaignUsdPerMonth, priceNote } from "../core/config/prices.ts";
import { describeCampaign, nameInArn, parkedText, toServed } from "../core/operations/operation.ts";
import { park } from "../core/operations/park.ts";
import { readStateFlags } from "../core/operations/state-flags.ts";
import { confirm, printResult, RunbookError, untilCancelled } from "./lib/cli/runbook.ts";
import { refuseBatch } from "./lib/stack/no-campaign.ts";
import { operatedCampaign, runOperation, stackRunbook } from "./lib/stack/operation.ts";
import { recordCampaign } from "./lib/stack/stack.ts";

const options = stackRunbook("park", ["--dry-run", "--yes --reason weekend"], "`npm run resume` creates it again")
    .option("--reason <text>", "reason, shown in previews and reports", "by hand")
    .parse()
    .opts();

await runOperation(options, async (stack, deps, signal) => {
    const { config } = stack;
    refuseBatch(config, "Nothing is billed by the hour, so there is nothing to park.");
    const { parked } = await readStateFlags(deps.ssm(config.region), config.stack);
    const campaign = await operatedCampaign(deps, stack);
    const description = campaign && (await describeCampaign(deps, campaign.campaignArn));
    const served = parked ? parked.campaign : description && toServed(description);
    const usdPerMonth = campaignUsdPerMonth(config.recipe, served?.minProvisionedTPS ?? 1);
    if (!campaign && parked) return printed(parkedText(parked), false);
    if (!campaign || (!description && !parked)) {
        throw new RunbookError(
            `Stack ${stack.stack} has no campaign to park${config.campaignEnabled ? "" : " (campaignEnabled is false)"}. ` +
                "See `npm run watch-status`.",
        );
    }
    const name = nameInArn(campaign.campaignArn);
    const saved = `${approximately(usdPerMonth)} a month ${priceNote}`;
    if (options.dryRun) {
        return printed(
            `It would delete campaign ${name}, which saves ${saved}. Until \`npm run resume\`, the API answers with stored, similar and popular lists.`,
            true,
        );
    }
    await confirm(
        `Delete campaign ${name}? Until \`npm run resume\`, the API answers with stored, similar and popular lists.`,
        options.yes,
        signal,
    );
    const continues =
        "The campaign is recorded as parked, and AWS continues to delete it. Resume the wait: npm run park -- --yes";
    return untilCancelled(signal, continues, async () => {
        await park(deps, { ...campaign, reason: options.reason, cause: { by: "operator" } });
        await recordCampaign(stack.stack, options.configFile, { isThere: false });
        return printed(
            `Campaign ${name} is deleted, which saves ${saved}. Version ${nameInArn(served?.solutionVersionArn ?? "")} remains.\n` +
                "Bring it back, without a training, with: npm run resume",
            false,
        );
    });

    function printed(text: string, dryRun: boolean): number {
        const campaignArn = campaign?.campaignArn ?? null;
        const document = { parked: !dryRun, dryRun, campaignArn, campaign: served ?? null };
        return printResult(options, { ...document, usdPerMonth }, text);
    }
});
