import assert from "node:assert/strict";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { removal } from "../../runbooks/lib/audit/inventory/kind.ts";
import { operationsKinds } from "../../runbooks/lib/audit/inventory/operations.ts";
import { storageAndAccessKinds } from "../../runbooks/lib/audit/inventory/storage-and-access.ts";
import { region } from "../support/local-aws.ts";

const place = {
    ...{ partition: "aws", region, accountId: "000000000000", project: "movie-recommender", settings: { region } },
    ...{ tagged: undefined, interrupted: [] },
};

describe("Inventory of the runbook `audit-leftovers`", () => {
    const bill = async (Table: object) => {
        const send = async () => ({ TableNames: ["films"], Table });
        const client = Object.assign(new DynamoDBClient({ region }), { send });
        const [table] = await storageAndAccessKinds["DynamoDB table"].list(place, client);
        return table?.usdPerMonth?.();
    };
    it("the inventory prices a DynamoDB table at $0 only if small and on-demand", async () => {
        const onDemand = { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } };
        assert.equal(await bill({ ...onDemand, TableSizeBytes: 1e9 }), 0);
        assert.equal(await bill({ ...onDemand, TableSizeBytes: 1e11 }), null);
        assert.equal(await bill({ TableSizeBytes: 0 }), null);
    });

    it("the inventory adds a warning only to the deletion of API Gateway's log role", async () => {
        const Roles = ["MovieRecommender-ApiGatewayLogs-eu-central-1", "films"].map((RoleName) => ({ RoleName }));
        const client = Object.assign(new IAMClient({ region }), { send: async () => ({ Roles }) });
        const [logs, films] = await Promise.all(
            (await storageAndAccessKinds["IAM role"].list(place, client)).map((role) => role.before?.()),
        );
        assert.match(logs?.[0] ?? "", /^# Keep this role if another API of the account uses it/);
        assert.deepEqual(films, []);
    });

    it("the inventory lists a dashboard at $3 a month, with a quoted delete command", async () => {
        const entry = { DashboardName: "it's", DashboardArn: "arn:aws:cloudwatch::000000000000:dashboard/it's" };
        const send = async () => ({ DashboardEntries: [entry] });
        const client = Object.assign(new CloudWatchClient({ region }), { send });
        const [dashboard] = await operationsKinds.dashboard.list(place, client);
        assert.ok(dashboard);
        assert.equal(await dashboard.usdPerMonth?.(), 3);
        assert.equal(
            removal(operationsKinds.dashboard.remove, dashboard, place),
            String.raw`aws cloudwatch delete-dashboards --region eu-central-1 --dashboard-names 'it'\''s'`,
        );
    });
});
