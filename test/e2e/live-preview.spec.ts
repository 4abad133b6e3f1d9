import assert from "node:assert/strict";
import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteRoleCommand, DeleteRolePolicyCommand, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
    DeleteBucketCommand,
    DeleteBucketPolicyCommand,
    DeleteObjectCommand,
    ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import { DeleteTopicCommand } from "@aws-sdk/client-sns";
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Names, namesFor, objectKeys } from "../../config/config.ts";
import { variables } from "../../packages/local-aws/instance.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { previewedAndApplied } from "../support/planned.ts";

describe("a preview of a live stack", () => {
    let aws: TestAws;
    let names: Names;
    let Bucket: string | undefined;
    let others: { readonly logs: CloudWatchLogsClient; readonly sqs: SQSClient; readonly lambda: LambdaClient };

    before(async () => {
        aws = await startTestAws();
        names = namesFor(aws.stack);
        const endpoint = variables(aws.instance).AWS_ENDPOINT_URL as string;
        const settings = { endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
        others = {
            logs: new CloudWatchLogsClient(settings),
            sqs: new SQSClient(settings),
            lambda: new LambdaClient(settings),
        };
        assertExit(await aws.engine("up"), 0);
        Bucket = (await aws.outputs()).bucketName;
    });
    after(async () => {
        for (const client of Object.values(others ?? {})) client.destroy();
        await aws?.stop();
    });

    async function deleteBucket() {
        const { Versions = [], DeleteMarkers = [] } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket }));
        for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
            await aws.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
        }
        await aws.s3.send(new DeleteBucketCommand({ Bucket }));
    }
    async function deleteRolePolicies(RoleName: string) {
        const { PolicyNames = [] } = await aws.iam.send(new ListRolePoliciesCommand({ RoleName }));
        for (const PolicyName of PolicyNames) {
            await aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
        }
    }
    async function deleteRole(RoleName: string) {
        await deleteRolePolicies(RoleName);
        await aws.iam.send(new DeleteRoleCommand({ RoleName }));
    }
    async function deleteQueue(QueueName: string) {
        const { QueueUrl } = await others.sqs.send(new GetQueueUrlCommand({ QueueName }));
        await others.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    }

    /** What is deleted, and the types that `up` creates again; it changes no other resource. */
    const cases: { deleted: string; types: string[]; work: () => Promise<unknown> }[] = [
        {
            deleted: "the data bucket's policy",
            types: ["BucketPolicy"],
            work: () => aws.s3.send(new DeleteBucketPolicyCommand({ Bucket })),
        },
        {
            deleted: "the interactions' object",
            types: ["BucketObjectv2"],
            work: () => aws.s3.send(new DeleteObjectCommand({ Bucket, Key: objectKeys.interactions })),
        },
        {
            deleted: "the data bucket",
            types: [
                "Bucket",
                "BucketLifecycleConfiguration",
                "BucketObjectv2",
                "BucketOwnershipControls",
                "BucketPolicy",
                "BucketPublicAccessBlock",
                "BucketServerSideEncryptionConfiguration",
                "BucketVersioning",
            ],
            work: deleteBucket,
        },
        {
            deleted: "the policy of Personalize's role",
            types: ["RolePolicy"],
            work: () => deleteRolePolicies(names.role),
        },
        { deleted: "Personalize's role", types: ["Role", "RolePolicy"], work: () => deleteRole(names.role) },
        {
            deleted: "the cost guard's roles",
            types: ["Role", "Role", "RolePolicy", "RolePolicy"],
            work: () => Promise.all([deleteRole(names.costGuardRole), deleteRole(names.scheduleRole)]),
        },
        {
            deleted: "the trail's role and log group",
            types: ["LogGroup", "Role", "RolePolicy"],
            work: () =>
                Promise.all([
                    deleteRole(names.trailRole),
                    others.logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/cloudtrail/${names.trail}` })),
                ]),
        },
        {
            deleted: "the topic and the queue of failures",
            types: ["Queue", "Topic", "TopicPolicy", "TopicSubscription"],
            work: async () => {
                const { noticesTopicArn: TopicArn } = await aws.outputs();
                await aws.sns.send(new DeleteTopicCommand({ TopicArn }));
                await deleteQueue(names.failures);
            },
        },
        {
            deleted: "the cost guard's function",
            types: ["Function", "FunctionEventInvokeConfig"],
            work: () => others.lambda.send(new DeleteFunctionCommand({ FunctionName: names.costGuard })),
        },
    ];
    it("refuses another region, and says how to move", async () => {
        await aws.configure({ "aws:region": "us-east-1" });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        const text = `${preview.stdout}${preview.stderr}`.replaceAll(/\s+/g, " ");
        assert.match(text, /aws:region is us-east-1, and this stack's resources are in eu-central-1/);
        assert.doesNotMatch(text, /Campaign/, "no change is announced");
        await aws.configure();
    });

    it("refuses more than twice the deployed price without monthlyLimitUsd", async () => {
        await aws.configure({ minProvisionedTPS: 4 });
        const refused = await aws.engine("preview");
        assertExit(refused, 1);
        const text = `${refused.stdout}${refused.stderr}`.replaceAll(/\s+/g, " ");
        assert.match(text, /would cost ≈ \$59\d a month .* as deployed it costs ≈ \$15\d/);
        assert.match(text, /To allow it: pulumi config set monthlyLimitUsd 59\d/);
        await aws.configure({ minProvisionedTPS: 4, monthlyLimitUsd: 700 });
        assertExit(await aws.engine("preview"), 0);
        await aws.configure({ minProvisionedTPS: 2 });
        assertExit(await aws.engine("up"), 0);
        await aws.configure({ minProvisionedTPS: 4 });
        assertExit(await aws.engine("preview"), 0);
        await aws.configure({ minProvisionedTPS: 2 });
    });

    for (const { deleted, types, work } of cases) {
        it(`shows only what \`up\` creates again: ${deleted}`, async () => {
            await work();
            assertExit(await aws.engine("refresh"), 0);
            const { preview, up } = await previewedAndApplied(aws);
            assert.deepEqual(preview, up);
            const created = up.map((line) => line.replace(/^create .*[:/$](\w+)::.*$/, "$1"));
            assert.deepEqual(created.sort(), types);
        });
    }
});
