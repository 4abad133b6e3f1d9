import assert from "node:assert/strict";
import { APIGatewayClient, CreateRestApiCommand, TagResourceCommand } from "@aws-sdk/client-api-gateway";
import {
    CreateCampaignCommand,
    CreateDatasetImportJobCommand,
    CreateFilterCommand,
    CreateSolutionCommand,
} from "@aws-sdk/client-personalize";
import { account, administrator, allow, type Enforcing, startEnforcing } from "./support.ts";

const arn = (tail: string) => `arn:aws:personalize:eu-central-1:${account}:${tail}`;

describe("Calls that need permission on several resources", () => {
    let aws: Enforcing;
    before(async () => {
        aws = await startEnforcing();
    });
    after(() => aws?.discard());

    it("each create call of Personalize also needs permission on the existing resource to which the new one belongs", async () => {
        const mine = ["dataset-import-job/mine", "solution/mine", "solution/mine/*", "filter/mine", "campaign/mine"];
        const { personalize } = await aws.user(
            "analyst",
            allow(
                ["CreateDatasetImportJob", "CreateSolution", "CreateFilter", "CreateCampaign"].map(
                    (name) => `personalize:${name}`,
                ),
                [...mine, "dataset/mine/*", "dataset-group/mine"].map(arn),
            ),
            allow("iam:PassRole"),
        );
        const dataSource = { dataLocation: "s3://films/a.csv" };
        const roleArn = `arn:aws:iam::${account}:role/import`;
        const on = (owner: string) => [
            new CreateDatasetImportJobCommand({
                jobName: "mine",
                datasetArn: arn(`dataset/${owner}/INTERACTIONS`),
                dataSource,
                roleArn,
            }),
            new CreateSolutionCommand({ name: "mine", datasetGroupArn: arn(`dataset-group/${owner}`) }),
            new CreateFilterCommand({
                name: "mine",
                datasetGroupArn: arn(`dataset-group/${owner}`),
                filterExpression: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
            }),
            new CreateCampaignCommand({ name: "mine", solutionVersionArn: arn(`solution/${owner}/0a1b`) }),
        ];
        for (const call of on("theirs")) {
            await assert.rejects(personalize.send(call as never), { name: "AccessDeniedException" });
        }
        for (const call of on("mine")) {
            await assert.rejects(
                personalize.send(call as never),
                ({ name }: Error) => name !== "AccessDeniedException",
                "the resource does not exist, but the call is allowed",
            );
        }
    });

    it("TagResource of an API also needs permission to change the API", async () => {
        const settings = { endpoint: aws.url, region: "eu-central-1", maxAttempts: 1 };
        const admin = new APIGatewayClient({ ...settings, credentials: administrator });
        const { id } = await admin.send(new CreateRestApiCommand({ name: "made-by-hand" }));
        const resourceArn = `arn:aws:apigateway:eu-central-1::/restapis/${id}`;
        const { keys, arn: who } = await aws.user(
            "tagger",
            allow("apigateway:PUT", "arn:aws:apigateway:eu-central-1::/tags/*"),
        );
        const api = new APIGatewayClient({ ...settings, credentials: keys });
        const tag = () => api.send(new TagResourceCommand({ resourceArn, tags: { owner: "him" } }));
        await assert.rejects(
            tag(),
            new RegExp(`${who} is not authorized to perform: apigateway:PATCH on resource: ${resourceArn}`),
        );
        await aws.putPolicy("tagger", [allow("apigateway:PATCH", resourceArn)], "change");
        await tag();
        for (const client of [admin, api]) client.destroy();
    });
});
