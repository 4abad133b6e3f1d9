import assert from "node:assert/strict";
import {
    APIGatewayClient,
    CreateApiKeyCommand,
    CreateRestApiCommand,
    CreateUsagePlanCommand,
    CreateUsagePlanKeyCommand,
    GetRestApisCommand,
} from "@aws-sdk/client-api-gateway";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Audit } from "../../runbooks/lib/audit/audit.ts";
import { tables } from "../../runbooks/lib/audit/inventory/serving.ts";
import { runPrinted } from "../support/audited.ts";
import { watchersIn } from "../support/inventory.ts";
import { assertExit, region, settingsOf, startTestAws, type TestAws } from "../support/local-aws.ts";

const ours = [
    "distribution",
    "origin access control",
    "response headers policy",
    "cache policy",
    "usage plan",
    "API key",
    "REST API",
];

describe("tables of the audit inventory", () => {
    const bill = async (Table: object) => {
        const send = async () => ({ TableNames: ["films"], Table });
        const client = Object.assign(new DynamoDBClient({ region }), { send });
        const [table] = await tables(client, {
            ...{ partition: "aws", region, accountId: "000000000000" },
            taggedOf: () => ({}),
        });
        return (await table?.bill())?.usdPerMonth;
    };
    it("a DynamoDB table costs 0 only if it is small and on-demand", async () => {
        const onDemand = { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } };
        assert.equal(await bill({ ...onDemand, TableSizeBytes: 1e9 }), 0);
        assert.equal(await bill({ ...onDemand, TableSizeBytes: 1e11 }), null);
        assert.equal(await bill({ TableSizeBytes: 0 }), null);
    });
});

describe("audit-leftovers of an API and its storefront", () => {
    let aws: TestAws;
    const opened: { destroy(): void }[] = [];
    let gateway: APIGatewayClient;
    let dynamo: DynamoDBClient;
    before(async () => {
        aws = await startTestAws();
        await aws.configure({ api: true, storefront: "cloudfront" });
        assertExit(await aws.engine("up"), 0);
        const settings = settingsOf(aws.instance);
        gateway = new APIGatewayClient(settings);
        dynamo = new DynamoDBClient(settings);
        opened.push(gateway, dynamo);
    });
    after(async () => {
        for (const client of opened) client.destroy();
        await aws?.stop();
    });

    async function audit(exitCode: number): Promise<Audit> {
        const result = await aws.runbook("audit-leftovers", "--region", region, "--json");
        assertExit(result, exitCode);
        return JSON.parse(result.stdout) as Audit;
    }
    const named = ({ rows }: Audit) => rows.map(({ kind, name }) => `${kind} ${name}`);

    it("audit-leftovers lists no API resource of a deployed stack", async () => {
        const found = await audit(0);
        assert.deepEqual(named(found), []);
        assert.deepEqual(found.unread, []);
    });

    it("audit-leftovers lists and deletes only the duplicate of an API", async () => {
        const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": aws.stack };
        const { items: [api] = [] } = await gateway.send(new GetRestApisCommand({}));
        const { id } = await gateway.send(new CreateRestApiCommand({ name: api?.name, tags }));
        const { rows, interrupted } = await audit(0);
        assert.deepEqual(
            rows.map(({ kind, arn }) => [kind, arn.split("/").at(-1)]),
            [["REST API", id]],
        );
        assert.deepEqual(interrupted, []);
        await runPrinted(aws, rows[0]?.remove ?? []);
        const left = (await gateway.send(new GetRestApisCommand({}))).items ?? [];
        assert.deepEqual(
            left.map((one) => one.id),
            [api?.id],
        );
    });

    it("the delete commands remove a removed stack's API, keys, plans and tables", async () => {
        const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": aws.stack };
        const { items: [api] = [] } = await gateway.send(new GetRestApisCommand({}));
        const apiStages = [{ apiId: api?.id ?? "", stage: "api" }];
        const plan = await gateway.send(new CreateUsagePlanCommand({ name: "callers", apiStages, tags }));
        const key = await gateway.send(new CreateApiKeyCommand({ name: "a-caller", tags }));
        const member = { usagePlanId: plan.id, keyId: key.id, keyType: "API_KEY" };
        await gateway.send(new CreateUsagePlanKeyCommand(member));
        await gateway.send(new CreateApiKeyCommand({ name: "someone-elses" }));
        await dynamo.send(
            new CreateTableCommand({
                TableName: "by-the-hour",
                KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
                AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
                ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
                Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            }),
        );
        assertExit(await aws.pulumi("stack", "rm", "--force", "--yes"), 0);
        const found = await audit(1);
        const serving = found.rows.filter(
            ({ kind, name }) => [...ours, "DynamoDB table"].includes(kind) || /-page/.test(name),
        );
        const suffix = `-${aws.stack}`;
        assert.deepEqual(
            serving.map(({ kind, name, usdPerMonth }) => [
                kind,
                name.replace(suffix, ""),
                usdPerMonth && Math.round(usdPerMonth),
            ]),
            [
                ["distribution", "movie-recommender-storefront", 0],
                ["origin access control", "movie-recommender-storefront", 0],
                ["response headers policy", "movie-recommender-storefront", 0],
                ["cache policy", "movie-recommender-storefront", 0],
                ["usage plan", "callers", 0],
                ["API key", "a-caller", 0],
                ["REST API", "movie-recommender-api", 0],
                ["S3 bucket", "my-movie-recommender-data-000000000000-page", 0],
                ["DynamoDB table", "by-the-hour", null],
                ["DynamoDB table", "movie-recommender-api", 0],
            ],
        );
        await runPrinted(
            aws,
            serving.flatMap(({ remove }) => remove),
        );
        const left = (await audit(1)).rows.map(({ kind }) => kind);
        assert.deepEqual(
            left.filter((kind) => [...ours, "DynamoDB table"].includes(kind)),
            [],
        );
        const others = (await watchersIn(aws)).filter((thing) =>
            /^(api|key|usage-plan|distribution|table) /.test(thing),
        );
        assert.deepEqual(others, ["key someone-elses"]);
    });
});
