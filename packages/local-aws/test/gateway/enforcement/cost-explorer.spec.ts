import assert from "node:assert/strict";
import { CostExplorerClient, GetCostAndUsageCommand, GetCostForecastCommand } from "@aws-sdk/client-cost-explorer";
import { administrator, allow, type Enforcing, type Keys, startEnforcing } from "./support.ts";

describe("Cost Explorer with IAM enforcement", () => {
    let aws: Enforcing;
    before(async () => {
        aws = await startEnforcing();
    });
    after(() => aws?.discard());

    const day = (offset: number) => new Date(Date.now() + offset * 24 * 3_600_000).toISOString().slice(0, 10);
    const usage = new GetCostAndUsageCommand({
        TimePeriod: { Start: day(-1), End: day(1) },
        Granularity: "DAILY",
        Metrics: ["UnblendedCost"],
    });
    const forecast = new GetCostForecastCommand({
        TimePeriod: { Start: day(1), End: day(2) },
        Granularity: "DAILY",
        Metric: "UNBLENDED_COST",
    });
    const clientOf = (credentials: Keys) =>
        new CostExplorerClient({ endpoint: aws.url, region: "us-east-1", credentials, maxAttempts: 1 });

    it("GetCostForecast without permission returns AccessDeniedException", async () => {
        const { keys, arn } = await aws.user("reader", allow("ce:GetCostAndUsage"));
        const client = clientOf(keys);
        assert.equal((await client.send(usage)).ResultsByTime?.length, 2);
        await assert.rejects(client.send(forecast), {
            name: "AccessDeniedException",
            message: `User: ${arn} is not authorized to perform: ce:GetCostForecast on resource: * because no identity-based policy allows the ce:GetCostForecast action`,
        });
        client.destroy();
        const root = clientOf(administrator);
        assert.equal((await root.send(forecast)).Total?.Amount, "0");
        root.destroy();
        const judged = (await aws.accesses()).filter(({ action }) => action.startsWith("ce:"));
        assert.deepEqual(
            judged.map(({ action, resource, decision }) => [action, resource, decision]),
            [
                ["ce:GetCostAndUsage", "*", "allowed"],
                ["ce:GetCostForecast", "*", "denied"],
                ["ce:GetCostForecast", "*", "allowed"],
            ],
        );
    });

    it("GetCostAndUsage with a wrong secret returns InvalidSignatureException", async () => {
        const client = clientOf({ ...administrator, secretAccessKey: "wrong" });
        await assert.rejects(client.send(usage), { name: "InvalidSignatureException" });
        client.destroy();
    });
});
