import { PricingClient } from "@aws-sdk/client-pricing";
import { printResult } from "./lib/cli/output.ts";
import { type CommonOptions, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { table } from "./lib/cli/table.ts";
import { deviation, listPrices, matchPrice, priceListRegion } from "./lib/cost/price-list.ts";
import { resolveRegion } from "./lib/stack/stack-config.ts";

interface Options extends CommonOptions {
    readonly region?: string;
}

/** The relative deviation above which a price counts as different. */
const tolerance = 0.01;

const options = runbook("prices", ["", "--region us-east-1"], "It needs an AWS account")
    .option("--region <region>", "the region whose prices to compare; default: the stack's, else AWS_REGION")
    .parse()
    .opts<Options>();

await runAction(options.verbose, async () => {
    const region = await resolveRegion(options);
    const listed = await listPrices(new PricingClient({ region: priceListRegion }), region);
    if (listed.length === 0) {
        throw new RunbookError(
            `AWS lists no price of Personalize in ${region}. Compare with another region: --region us-east-1`,
        );
    }
    const rows = listed.map((price) => ({ ...price, match: matchPrice(price) ?? null }));
    const others = rows.filter(({ match }) => match && deviation(match) > tolerance);
    printResult(options, { region, prices: rows, differ: others.length }, print);
    return others.length > 0 ? exitCodes.problem : exitCodes.fine;

    function print(): void {
        const head = ["usage type", "description", "unit", "USD by AWS", "in config/prices.ts", "verdict"];
        const cells = rows.map(({ usageType, description, unit, from, usd, match }) => [
            usageType,
            description,
            from > 0 ? `${unit}, from ${from.toLocaleString("en-US")} on` : unit,
            String(usd),
            match ? `${match.name}: ${match.ourUsd}` : "–",
            match ? (deviation(match) > tolerance ? `differs by ${percent(deviation(match))}` : "same") : "unmatched",
        ]);
        console.log(table(head, cells));
        const matched = rows.filter(({ match }) => match).length;
        console.log(
            `${rows.length} prices of Personalize in ${region}: ${matched} are also in config/prices.ts, and ${others.length} of these differ there by more than 1 %.`,
        );
        if (others.length > 0) {
            console.log(
                "Enter AWS's figure, the region and today's date in config/prices.ts, and set `verified` to true there.",
            );
        }
        if (matched < rows.length) {
            console.log(
                "A price is unmatched if this project does not use it, or if its name is ambiguous: check it by hand.",
            );
        }
    }
});

function percent(part: number): string {
    return `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
}
