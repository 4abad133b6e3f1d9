import assert from "node:assert/strict";
import { priceJump } from "../../../core/cost/estimate.ts";
import type { PlannedStack } from "../../../core/cost/planned-stack.ts";
import { plannedStack } from "../../support/planned-stack.ts";

const deployed: PlannedStack = { ...plannedStack, api: true };

describe("`priceJump`", () => {
    for (const { change, from = {}, to } of [
        { change: "a second TPS", to: { minProvisionedTPS: 2 } },
        { change: "resuming a parked campaign", from: { hasCampaign: false }, to: {} },
        {
            change: "a hundred times the data with automatic training",
            from: { autoTrainingDays: 1 },
            to: { autoTrainingDays: 1, interactions: 10_000_000, bytes: 200_000_000 },
        },
        { change: "a lower price", from: { minProvisionedTPS: 1000 }, to: {} },
    ]) {
        it(`\`priceJump\` requires no \`monthlyLimitUsd\` for ${change}`, () => {
            assert.equal(
                priceJump({ ...deployed, ...from }, { ...deployed, ...from, hasCampaign: true, ...to }),
                undefined,
            );
        });
    }

    it("`priceJump` requires `monthlyLimitUsd` for 1000 TPS, and the error contains price and commands", () => {
        for (const hasCampaign of [true, false]) {
            const reason = priceJump(
                { ...deployed, hasCampaign },
                { ...deployed, hasCampaign, minProvisionedTPS: 1000 },
            );
            assert.match(reason ?? "", /would cost ≈ \$48,\d{3} a month .*, and as deployed it costs ≈ \$15\d\./);
            assert.match(
                reason ?? "",
                /campaign, minimum 1000 TPS.*To lower it: pulumi config set minProvisionedTPS 1$/m,
            );
            assert.match(reason ?? "", /To allow it: pulumi config set monthlyLimitUsd 48\d{3}$/);
        }
    });

    it("`priceJump` requires `monthlyLimitUsd` for daily automatic training on 10 million interactions", () => {
        const large = { ...deployed, interactions: 10_000_000 };
        assert.match(priceJump(large, { ...large, autoTrainingDays: 1 }) ?? "", /automatic training/);
    });
});
