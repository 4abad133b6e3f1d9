import assert from "node:assert/strict";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import {
    CreateCampaignCommand,
    CreateDatasetImportJobCommand,
    CreateFilterCommand,
    CreateSolutionCommand,
} from "@aws-sdk/client-personalize";
import { account, allow, useEnforcing } from "./support.ts";

const arn = (tail: string) => `arn:aws:personalize:eu-central-1:${account}:${tail}`;

describe("Calls for several resources, and for resources of other accounts, with IAM enforcement", () => {
    const aws = useEnforcing();

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

    it("CreateSolution also needs permission on the recipe", async () => {
        const solution = new CreateSolutionCommand({
            name: "mine",
            datasetGroupArn: arn("dataset-group/mine"),
            recipeArn: "arn:aws:personalize:::recipe/aws-user-personalization",
        });
        const resources = ["solution/mine", "dataset-group/mine"].map(arn);
        const { personalize, arn: who } = await aws.user("trainer", allow("personalize:CreateSolution", resources));
        await assert.rejects(
            personalize.send(solution),
            new RegExp(
                `${who} is not authorized to perform: personalize:CreateSolution on resource: arn:aws:personalize:::recipe/aws-user-personalization `,
            ),
        );
        await aws.putPolicy(
            "trainer",
            [allow("personalize:CreateSolution", [...resources, "arn:aws:personalize:::recipe/*"])],
            "policy",
        );
        await assert.rejects(personalize.send(solution), { name: "ResourceNotFoundException" });
    });

    it("TagResource of an API also needs permission to change the API", async () => {
        const admin = aws.open(APIGateway);
        const { id } = await admin.createRestApi({ name: "made-by-hand" });
        const resourceArn = `arn:aws:apigateway:eu-central-1::/restapis/${id}`;
        const { keys, arn: who } = await aws.user(
            "tagger",
            allow("apigateway:PUT", "arn:aws:apigateway:eu-central-1::/tags/*"),
        );
        const api = aws.open(APIGateway, keys);
        const tag = () => api.tagResource({ resourceArn, tags: { owner: "him" } });
        await assert.rejects(
            tag(),
            new RegExp(`${who} is not authorized to perform: apigateway:PATCH on resource: ${resourceArn}`),
        );
        await aws.putPolicy("tagger", [allow("apigateway:PATCH", resourceArn)], "change");
        await tag();
    });

    it("GetPolicy of an AWS managed policy needs iam:GetPolicy", async () => {
        const PolicyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
        const reader = await aws.user("policy-reader", allow("iam:GetPolicy"));
        assert.equal((await reader.iam.getPolicy({ PolicyArn })).Policy?.Arn, PolicyArn);
        const other = await aws.user("other", allow("s3:*"));
        await assert.rejects(other.iam.getPolicy({ PolicyArn }), { name: "AccessDenied" });
    });

    it("an object of another account is readable only if the bucket has BucketOwnerEnforced", async () => {
        const at = { Bucket: "shared", Key: "theirs.csv" };
        const own = (ObjectOwnership: "ObjectWriter" | "BucketOwnerEnforced") =>
            aws.admin.s3.putBucketOwnershipControls({ ...at, OwnershipControls: { Rules: [{ ObjectOwnership }] } });
        await aws.admin.s3.createBucket({ Bucket: at.Bucket });
        await own("ObjectWriter");
        await aws.admin.s3.putObject({ ...at, Body: "a" });
        const user = await aws.user("owner-of-the-bucket", allow("s3:*"));
        await user.s3.headObject(at);
        const Owner = { ID: "b7".repeat(32) };
        const Grants = [{ Grantee: { Type: "CanonicalUser" as const, ...Owner }, Permission: "FULL_CONTROL" as const }];
        await aws.admin.s3.putObjectAcl({ ...at, AccessControlPolicy: { Owner, Grants } });
        await assert.rejects(user.s3.getObject(at), { name: "AccessDenied" });
        const { $metadata } = await user.s3.headObject(at).catch((error) => error);
        assert.equal($metadata.httpStatusCode, 403);
        await own("BucketOwnerEnforced");
        await user.s3.headObject(at);
    });
});
