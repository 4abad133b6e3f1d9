import assert from "node:assert/strict";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { authorize, type PolicyDocument, type Statement } from "policy-evaluator";
import { type EnforcingMiniStack, startEnforcingMiniStack } from "./support/enforcing-ministack.ts";

/**
 * Compares the policy evaluator with MiniStack's, by real calls of an IAM user. Leaves out what MiniStack evaluates
 * wrongly: `${aws:username}`, ForAllValues, and calls of AssumeRole.
 */
const region = "eu-central-1";
const Bucket = "films";
const user = "arn:aws:iam::000000000000:user/alice";

interface Call {
    readonly action: string;
    readonly resource: string;
    readonly context: Readonly<Record<string, string>>;
    send(s3: S3): Promise<unknown>;
}

const bucketArn = `arn:aws:s3:::${Bucket}`;
const calls: readonly Call[] = [
    ...["in/a.csv", "out/b.csv"].flatMap((Key): Call[] => [
        {
            action: "s3:GetObject",
            resource: `${bucketArn}/${Key}`,
            context: {},
            // Read the body, because an unread body keeps its connection open.
            send: async (s3) => (await s3.getObject({ Bucket, Key })).Body?.transformToString(),
        },
        {
            action: "s3:PutObject",
            resource: `${bucketArn}/${Key}`,
            context: {},
            send: (s3) => s3.putObject({ Bucket, Key, Body: "x" }),
        },
    ]),
    {
        action: "s3:ListBucket",
        resource: bucketArn,
        context: { "s3:prefix": "in/" },
        send: (s3) => s3.listObjectsV2({ Bucket, Prefix: "in/" }),
    },
];

const always = {
    "aws:SourceIp": "127.0.0.1",
    "aws:SecureTransport": "false",
    "aws:RequestedRegion": region,
};

const conditions = fc.constantFrom<Statement["Condition"]>(
    ...[undefined, undefined, undefined],
    { StringEquals: { "s3:prefix": "in/" } },
    { StringLike: { "s3:prefix": ["in/*", "x"] } },
    { StringNotEquals: { "s3:prefix": "in/" } },
    { StringEqualsIfExists: { "s3:prefix": "in/" } },
    { StringEqualsIgnoreCase: { "s3:prefix": "IN/" } },
    { Null: { "s3:prefix": "true" } },
    { Null: { "aws:SourceIp": "false" } },
    { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
    { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.2/32"] } },
    { NotIpAddress: { "aws:SourceIp": "127.0.0.0/8" } },
    { Bool: { "aws:SecureTransport": "false" } },
    { Bool: { "aws:SecureTransport": "true" } },
    { StringEquals: { "aws:RequestedRegion": [region, "us-east-1"] } },
    { StringNotLike: { "aws:RequestedRegion": "eu-*" } },
    { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:user/a*" } },
    { ArnNotEquals: { "aws:PrincipalArn": user } },
    { StringEquals: { "aws:PrincipalAccount": "000000000000" } },
    { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
    { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
    { StringEquals: { "aws:PrincipalTag/team": "films" } },
    { StringNotEquals: { "aws:PrincipalTag/team": "films" } },
    { StringEquals: { "aws:RequestedRegion": region }, Bool: { "aws:SecureTransport": "true" } },
);
const statements = (principals: boolean) =>
    fc
        .record({
            Effect: fc.constantFrom<Statement["Effect"]>("Allow", "Allow", "Allow", "Allow", "Deny"),
            actions: fc.constantFrom<Partial<Statement>>(
                { Action: "s3:GetObject" },
                { Action: ["s3:getobject", "s3:PutObject"] },
                { Action: "s3:*" },
                { Action: "s3:?etObject" },
                { Action: "s3:List*" },
                { NotAction: "s3:GetObject" },
            ),
            resources: fc.constantFrom<Partial<Statement>>(
                { Resource: `${bucketArn}/*` },
                { Resource: [bucketArn, `${bucketArn}/in/*`] },
                { Resource: `${bucketArn}*` },
                { Resource: `${bucketArn}/?n/a.csv` },
                { Resource: `${bucketArn}/*.csv` },
            ),
            Condition: conditions,
            principal: fc.constantFrom<Partial<Statement>>(
                { Principal: "*" },
                { Principal: { AWS: user } },
                { Principal: { AWS: "arn:aws:iam::000000000000:user/bob" } },
                { Principal: { Service: "personalize.amazonaws.com" } },
            ),
        })
        .map(
            ({ Effect, actions, resources, Condition, principal }): Statement => ({
                Effect,
                ...actions,
                ...resources,
                ...(principals && principal),
                ...(Condition && { Condition }),
            }),
        );
const documents = (principals: boolean) =>
    fc
        .array(statements(principals), { minLength: 1, maxLength: 3 })
        .map((Statement): PolicyDocument => ({ Version: "2012-10-17", Statement }));
const settings = fc.record({
    identity: documents(false),
    boundary: fc.option(documents(false), { nil: undefined, freq: 2 }),
    bucket: fc.option(documents(true), { nil: undefined, freq: 2 }),
});

describe("Policy evaluator compared with MiniStack, an emulator of AWS", () => {
    let miniStack: EnforcingMiniStack;
    let administrator: { iam: IAM; s3: S3 };
    let alice: S3;
    before(async () => {
        miniStack = await startEnforcingMiniStack();
        const common = { endpoint: miniStack.endpoint, region };
        const { credentials } = miniStack;
        const s3 = new S3({ ...common, credentials, forcePathStyle: true });
        administrator = { iam: new IAM({ ...common, credentials }), s3 };
        await s3.createBucket({ Bucket });
        // With the public access block, S3 would reject a bucket policy that allows everyone, which is one of the
        // test's cases.
        await s3.deletePublicAccessBlock({ Bucket });
        for (const Key of ["in/a.csv", "out/b.csv"]) await s3.putObject({ Bucket, Key, Body: "x" });
        await administrator.iam.createUser({ UserName: "alice" });
        const { AccessKey } = await administrator.iam.createAccessKey({ UserName: "alice" });
        const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
        alice = new S3({
            ...common,
            forcePathStyle: true,
            maxAttempts: 1,
            credentials: { accessKeyId, secretAccessKey },
        });
        const PolicyDocument = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
        });
        await administrator.iam.createPolicy({ PolicyName: "boundary", PolicyDocument });
    });
    after(async () => {
        for (const client of [administrator?.iam, administrator?.s3, alice]) client?.destroy();
        await miniStack?.stop();
    });

    const PolicyArn = "arn:aws:iam::000000000000:policy/boundary";
    async function apply({
        identity,
        boundary,
        bucket,
    }: { [K in "identity" | "boundary" | "bucket"]?: PolicyDocument | undefined }) {
        const { iam, s3 } = administrator;
        const text = (document: PolicyDocument | undefined) => JSON.stringify(document);
        const UserName = "alice";
        await iam.putUserPolicy({ UserName, PolicyName: "own", PolicyDocument: text(identity) });
        if (boundary) {
            const response = await iam.createPolicyVersion({
                PolicyArn,
                PolicyDocument: text(boundary),
                SetAsDefault: true,
            });
            const version = Number(response.PolicyVersion?.VersionId?.slice(1));
            await iam.deletePolicyVersion({ PolicyArn, VersionId: `v${version - 1}` });
            await iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary: PolicyArn });
        } else {
            await iam.deleteUserPermissionsBoundary({ UserName }).catch(() => undefined);
        }
        if (bucket) await s3.putBucketPolicy({ Bucket, Policy: text(bucket) });
        else await s3.deleteBucketPolicy({ Bucket });
    }

    it("the evaluator and MiniStack make the same decisions about 5 calls, for each of 120 sets of policies", async () => {
        const decisionCounts = { allowed: 0, denied: 0 };
        const different: object[] = [];
        for (const setting of fc.sample(settings, { numRuns: 120, seed: 20261125 })) {
            await apply(setting);
            const named = (name: string, document: PolicyDocument | undefined) => document && [{ name, document }];
            for (const { action, resource, context, send } of calls) {
                const answered = await send(alice).then(
                    () => "allowed",
                    (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
                        error.$metadata?.httpStatusCode === 403 ? "denied" : error.name,
                );
                const [boundary, bucket] = [named("boundary", setting.boundary), named("bucket", setting.bucket)];
                const { decision, by } = authorize(
                    {
                        caller: { arn: user },
                        action,
                        resource,
                        context: { ...always, "aws:CurrentTime": new Date().toISOString(), ...context },
                    },
                    {
                        identity: [{ name: "own", document: setting.identity }],
                        ...(boundary && { boundary }),
                        ...(bucket && { resource: bucket }),
                    },
                    "000000000000",
                );
                const expected = decision === "allowed" ? "allowed" : "denied";
                decisionCounts[expected]++;
                if (answered !== expected) different.push({ action, resource, answered, decision, by, setting });
            }
        }
        assert.deepEqual(different, []);
        assert.ok(decisionCounts.allowed > 80 && decisionCounts.denied > 80, JSON.stringify(decisionCounts));
    });
});
