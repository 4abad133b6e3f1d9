import assert from "node:assert/strict";
import {
    APIGatewayClient,
    CreateApiKeyCommand,
    CreateDeploymentCommand,
    CreateRestApiCommand,
    CreateStageCommand,
    CreateUsagePlanCommand,
    DeleteRestApiCommand,
    GetAccountCommand,
    GetRestApisCommand,
    GetStageCommand,
    GetTagsCommand,
    GetUsagePlanKeysCommand,
    ImportRestApiCommand,
    PutRestApiCommand,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateAccountCommand,
    UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import {
    CloudFrontClient,
    CreateDistributionWithTagsCommand,
    CreateInvalidationCommand,
    CreateOriginAccessControlCommand,
    DeleteOriginAccessControlCommand,
    ListDistributionsCommand,
    TagResourceCommand as TagDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import { CloudTrailClient, CreateTrailCommand } from "@aws-sdk/client-cloudtrail";
import {
    BatchGetItemCommand,
    BatchWriteItemCommand,
    CreateTableCommand,
    DeleteItemCommand,
    DynamoDBClient,
    GetItemCommand,
    PutItemCommand,
    QueryCommand,
    ScanCommand,
    TransactWriteItemsCommand,
    UpdateItemCommand,
    UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { GetRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand } from "@aws-sdk/client-lambda";
import { zipSync } from "fflate";
import { toDistributionConfig } from "../../../aws-plugin/cloudfront-distribution.ts";
import { createSender } from "../../../calls.ts";
import { answered, createDocument, integration } from "../../ministack/rest-apis/support.ts";
import { account, allow, type Keys, useEnforcing } from "./support.ts";

const region = "eu-central-1";
const table = `arn:aws:dynamodb:${region}:${account}:table/films`;
const gateway = (path: string) => `arn:aws:apigateway:${region}::${path}`;
const edge = (tail: string) => `arn:aws:cloudfront::${account}:${tail}`;
const ours = { StringEquals: { "aws:RequestTag/team": "films" } };
const tags = { team: "films" };

describe("IAM enforcement for DynamoDB, API Gateway, CloudTrail, Lambda and CloudFront", () => {
    const aws = useEnforcing();
    const clientsOf = (credentials?: Keys) => ({
        dynamo: aws.open(DynamoDBClient, credentials),
        api: aws.open(APIGatewayClient, credentials),
        cloudFront: aws.open(CloudFrontClient, credentials),
    });
    const refusedOn = (action: string, resource: string) => (error: Error) => {
        const message = error.message || String(error);
        assert.match(
            message,
            new RegExp(`not authorized to perform: ${action} on resource: ${literally(resource)} `),
            message,
        );
        return true;
    };
    /**
     * Gives a role a trust policy for a service with a condition: by default, that the service sends aws:SourceAccount.
     */
    const requireSource = (
        RoleName: string,
        Service: string,
        Condition: object = { StringEquals: { "aws:SourceAccount": account } },
    ) =>
        aws.admin.iam.send(
            new UpdateAssumeRolePolicyCommand({
                RoleName,
                PolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole", Condition }],
                }),
            }),
        );
    const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

    it("DynamoDB item calls need permission on the table's ARN, and CreateTable with tags needs dynamodb:TagResource", async () => {
        const { keys } = await aws.user(
            "reader",
            allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"], table),
            allow("dynamodb:CreateTable", table, ours),
            allow("dynamodb:UpdateTimeToLive", table),
        );
        const { dynamo } = clientsOf(keys);
        const make = {
            TableName: "films",
            BillingMode: "PAY_PER_REQUEST" as const,
            KeySchema: [{ AttributeName: "pk", KeyType: "HASH" as const }],
            AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" as const }],
        };
        const Tags = [{ Key: "team", Value: "films" }];
        await assert.rejects(dynamo.send(new CreateTableCommand(make)), refusedOn("dynamodb:CreateTable", table));
        const tagged = new CreateTableCommand({ ...make, Tags });
        await assert.rejects(dynamo.send(tagged), refusedOn("dynamodb:TagResource", table));
        await clientsOf().dynamo.send(tagged);
        const [TableName, key] = ["films", { pk: { S: "viewer#1" } }];
        await dynamo.send(new GetItemCommand({ TableName, Key: key }));
        await dynamo.send(new BatchGetItemCommand({ RequestItems: { films: { Keys: [key] } } }));
        const pk = { ":pk": { S: "viewer#1" } };
        const query = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: pk };
        await dynamo.send(new QueryCommand({ TableName, ...query }));
        const TimeToLiveSpecification = { AttributeName: "expiresAt", Enabled: true };
        await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
        await assert.rejects(
            dynamo.send(new PutItemCommand({ TableName, Item: key })),
            refusedOn("dynamodb:PutItem", table),
        );
        await assert.rejects(
            dynamo.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: key } }] })),
            refusedOn("dynamodb:PutItem", table),
        );
        const other = new QueryCommand({ TableName: "others", ...query });
        await assert.rejects(dynamo.send(other), refusedOn("dynamodb:Query", table.replace("films", "others")));
    });

    it("a policy with dynamodb:LeadingKeys limits every item call to the partition keys in the policy", async () => {
        const admin = clientsOf().dynamo;
        const TableName = "keyed";
        await admin.send(
            new CreateTableCommand({
                TableName,
                BillingMode: "PAY_PER_REQUEST",
                KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
                AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
            }),
        );
        const { keys } = await aws.user(
            "one-key",
            allow("dynamodb:*", "*", {
                "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["stack"] },
                Null: { "dynamodb:LeadingKeys": "false" },
            }),
        );
        const { dynamo } = clientsOf(keys);
        const attempts = (text: string): (() => Promise<unknown>)[] => {
            const key = { pk: { S: text } };
            const Put = { TableName, Item: key };
            return [
                () => dynamo.send(new PutItemCommand({ TableName, Item: key })),
                () => dynamo.send(new GetItemCommand({ TableName, Key: key })),
                () => dynamo.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key] } } })),
                () =>
                    dynamo.send(
                        new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: key } }] } }),
                    ),
                () => dynamo.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] })),
                () =>
                    dynamo.send(
                        new QueryCommand({
                            TableName,
                            KeyConditionExpression: "#key = :key",
                            ExpressionAttributeNames: { "#key": "pk" },
                            ExpressionAttributeValues: { ":key": key.pk },
                        }),
                    ),
            ];
        };
        for (const attempt of attempts("stack")) await attempt();
        for (const attempt of attempts("viewer#1")) await assert.rejects(attempt(), { name: "AccessDeniedException" });
        await assert.rejects(dynamo.send(new ScanCommand({ TableName })), { name: "AccessDeniedException" });
    });

    it("a policy with dynamodb:Attributes limits which attributes a write changes and returns", async () => {
        const admin = clientsOf().dynamo;
        const TableName = "written";
        await admin.send(
            new CreateTableCommand({
                TableName,
                BillingMode: "PAY_PER_REQUEST",
                KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
                AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
            }),
        );
        const { keys } = await aws.user(
            "one-attribute",
            allow("dynamodb:*", "*", {
                "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "revision"] },
                StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" },
            }),
        );
        const { dynamo } = clientsOf(keys);
        const Key = { pk: { S: "viewer#1" } };
        const update = (UpdateExpression: string, more: object = {}) =>
            dynamo.send(
                new UpdateItemCommand({
                    TableName,
                    Key,
                    UpdateExpression,
                    ExpressionAttributeValues: { ":one": { N: "1" } },
                    ...more,
                }),
            );
        await update("SET revision = if_not_exists(revision, :one)");
        await update("ADD #r :one", { ExpressionAttributeNames: { "#r": "revision" } });
        await dynamo.send(new PutItemCommand({ TableName, Item: { ...Key, revision: { N: "2" } } }));
        for (const attempt of [
            () => update("SET films = :one"),
            () => update("SET revision = :one REMOVE films[0].title"),
            () => update("ADD #r :one", { ExpressionAttributeNames: { "#r": "films" } }),
            () => update("SET revision = :one", { ReturnValues: "ALL_OLD" }),
            () => dynamo.send(new PutItemCommand({ TableName, Item: { ...Key, films: { S: "[]" } } })),
            () => dynamo.send(new DeleteItemCommand({ TableName, Key, ReturnValues: "ALL_OLD" })),
        ]) {
            await assert.rejects(attempt(), { name: "AccessDeniedException" });
        }
    });

    it("API Gateway calls need permission on the path, the tags in the request and the tags of the resource", async () => {
        const { keys } = await aws.user(
            "maker",
            allow("apigateway:GET", [gateway("/restapis"), gateway("/tags/*")]),
            allow("apigateway:POST", [gateway("/restapis"), gateway("/apikeys")], ours),
            allow("apigateway:DELETE", gateway("/restapis/*"), { StringEquals: { "aws:ResourceTag/team": "films" } }),
            allow("apigateway:PUT", gateway("/tags/*"), ours),
            allow("apigateway:PATCH", gateway("/restapis/*"), { StringEquals: { "aws:ResourceTag/team": "films" } }),
        );
        const { api } = clientsOf(keys);
        const admin = clientsOf().api;
        await api.send(new GetRestApisCommand({}));
        const bare = new CreateRestApiCommand({ name: "films" });
        await assert.rejects(api.send(bare), refusedOn("apigateway:POST", gateway("/restapis")));
        const { keys: untagging } = await aws.user("untagging", allow("apigateway:POST", gateway("/restapis")));
        await assert.rejects(
            clientsOf(untagging).api.send(new CreateRestApiCommand({ name: "films", tags })),
            refusedOn("apigateway:PUT", gateway(`/tags/${encodeURIComponent(gateway("/restapis/"))}*`)),
        );
        const { id: restApiId = "" } = await api.send(new CreateRestApiCommand({ name: "films", tags }));
        await api.send(new CreateApiKeyCommand({ name: "films", tags }));
        const resourceArn = gateway(`/restapis/${restApiId}`);
        await api.send(new GetTagsCommand({ resourceArn }));
        await api.send(new TagResourceCommand({ resourceArn, tags }));
        const others = new TagResourceCommand({ resourceArn, tags: { team: "others" } });
        const place = gateway(`/tags/${encodeURIComponent(resourceArn)}`);
        await assert.rejects(api.send(others), refusedOn("apigateway:PUT", place));
        const untag = new UntagResourceCommand({ resourceArn, tagKeys: ["team"] });
        await assert.rejects(api.send(untag), refusedOn("apigateway:DELETE", place));
        const { id: theirs = "" } = await admin.send(new CreateRestApiCommand({ name: "others" }));
        await assert.rejects(
            api.send(new DeleteRestApiCommand({ restApiId: theirs })),
            refusedOn("apigateway:DELETE", gateway(`/restapis/${theirs}`)),
        );
        await api.send(new DeleteRestApiCommand({ restApiId }));
    });

    it("the tags of a stage override the tags that the stage inherits from its API", async () => {
        const ofFilms = { StringEquals: { "aws:ResourceTag/team": "films" } };
        const { keys } = await aws.user("inheritor", allow("apigateway:*", gateway("/*"), ofFilms));
        const { api } = clientsOf(keys);
        const admin = clientsOf().api;
        const { id: restApiId } = await admin.send(new CreateRestApiCommand({ name: "inherited", tags }));
        const body = Buffer.from(JSON.stringify(createDocument({ "/films": { get: answered() } })));
        await api.send(new PutRestApiCommand({ restApiId, mode: "overwrite", body }));
        const { id: deploymentId } = await api.send(new CreateDeploymentCommand({ restApiId }));
        const stage = (stageName: string, team: string) => ({ restApiId, deploymentId, stageName, tags: { team } });
        await admin.send(new CreateStageCommand(stage("ours", "films")));
        await admin.send(new CreateStageCommand(stage("theirs", "others")));
        await api.send(new GetStageCommand({ restApiId, stageName: "ours" }));
        await assert.rejects(
            api.send(new GetStageCommand({ restApiId, stageName: "theirs" })),
            refusedOn("apigateway:GET", gateway(`/restapis/${restApiId}/stages/theirs`)),
        );
        const { id: usagePlanId } = await admin.send(new CreateUsagePlanCommand({ name: "inherited", tags }));
        await api.send(new GetUsagePlanKeysCommand({ usagePlanId }));
        const { id: other } = await admin.send(new CreateUsagePlanCommand({ name: "others" }));
        await assert.rejects(
            api.send(new GetUsagePlanKeysCommand({ usagePlanId: other })),
            refusedOn("apigateway:GET", gateway(`/usageplans/${other}/keys`)),
        );
    });

    it("the first stage with tracing needs iam:CreateServiceLinkedRole", async () => {
        const { keys } = await aws.user(
            "tracer",
            allow(["apigateway:POST", "apigateway:PATCH"], gateway("/restapis/*")),
        );
        const { api } = clientsOf(keys);
        const { api: admin } = clientsOf();
        const body = Buffer.from(JSON.stringify(createDocument({ "/films": { get: answered() } })));
        const { id: restApiId = "" } = await admin.send(new ImportRestApiCommand({ body }));
        const { id: deploymentId } = await admin.send(new CreateDeploymentCommand({ restApiId }));
        const stage = (stageName: string, tracingEnabled: boolean) =>
            api.send(new CreateStageCommand({ restApiId, deploymentId, stageName, tracingEnabled }));
        await stage("plain", false);
        const linked = `arn:aws:iam::${account}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway`;
        const refused = refusedOn("iam:CreateServiceLinkedRole", linked);
        await assert.rejects(stage("traced", true), refused);
        const traced = { op: "replace", path: "/tracingEnabled", value: "true" } as const;
        const trace = new UpdateStageCommand({ restApiId, stageName: "plain", patchOperations: [traced] });
        await assert.rejects(api.send(trace), refused);
        const of = (service: string) => ({ StringEquals: { "iam:AWSServiceName": service } });
        const make = (service: string) => allow("iam:CreateServiceLinkedRole", linked, of(service));
        await aws.putPolicy("tracer", [make("ec2.amazonaws.com")], "links");
        await assert.rejects(stage("traced", true), refused);
        await aws.putPolicy("tracer", [make("ops.apigateway.amazonaws.com")], "links");
        await stage("traced", true);
        const { Role } = await aws.admin.iam.send(new GetRoleCommand({ RoleName: "AWSServiceRoleForAPIGateway" }));
        assert.equal(Role?.Arn, linked);
        await aws.putPolicy("tracer", [allow("s3:ListAllMyBuckets")], "links");
        await api.send(trace);
    });

    it("importing an OpenAPI document with a role needs iam:PassRole", async () => {
        const calls = await aws.role("calls", { Service: "apigateway.amazonaws.com" });
        const { keys } = await aws.user(
            "importer",
            allow("apigateway:POST", gateway("/restapis")),
            allow("apigateway:PUT", gateway("/restapis/*")),
        );
        const { api } = clientsOf(keys);
        const bodyOf = (credentials?: string) => {
            const by = { "x-amazon-apigateway-integration": { ...integration, ...(credentials && { credentials }) } };
            return Buffer.from(JSON.stringify(createDocument({ "/films": { get: answered(by) } })));
        };
        const passing = refusedOn("iam:PassRole", calls);
        const { id: restApiId = "" } = await api.send(new ImportRestApiCommand({ body: bodyOf() }));
        await assert.rejects(api.send(new ImportRestApiCommand({ body: bodyOf(calls) })), passing);
        await assert.rejects(
            api.send(new PutRestApiCommand({ restApiId, mode: "overwrite", body: bodyOf(calls) })),
            passing,
        );
        await api.send(new PutRestApiCommand({ restApiId, mode: "overwrite", body: bodyOf() }));
        await aws.putPolicy("importer", [allow("iam:PassRole", calls)], "passes");
        await api.send(new PutRestApiCommand({ restApiId, mode: "overwrite", body: bodyOf(calls) }));
    });

    it("UpdateAccount needs iam:PassRole and a role that trusts API Gateway unconditionally", async () => {
        const logs = await aws.role("logs", { Service: "apigateway.amazonaws.com" });
        const distrusts = await aws.role("distrusts", { Service: "lambda.amazonaws.com" });
        const { keys } = await aws.user(
            "accountant",
            allow(["apigateway:PATCH", "apigateway:GET"], gateway("/account")),
        );
        const { api } = clientsOf(keys);
        const set = (value: string) =>
            api.send(
                new UpdateAccountCommand({ patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value }] }),
            );
        await assert.rejects(set(logs), refusedOn("iam:PassRole", logs));
        await aws.putPolicy("accountant", [allow("iam:PassRole", [logs, distrusts])], "passes");
        await assert.rejects(set(distrusts), { name: "BadRequestException" });
        const conditional = await aws.role("conditional", { Service: "apigateway.amazonaws.com" });
        await requireSource("conditional", "apigateway.amazonaws.com");
        await aws.putPolicy("accountant", [allow("iam:PassRole", [logs, distrusts, conditional])], "passes");
        await assert.rejects(set(conditional), { name: "BadRequestException" });
        await set(logs);
        assert.equal((await api.send(new GetAccountCommand({}))).cloudwatchRoleArn, logs);
    });

    it("CreateTrail rejects a log role that requires aws:SourceAccount", async () => {
        const trails = aws.open(CloudTrailClient);
        const CloudWatchLogsRoleArn = await aws.role("trails", { Service: "cloudtrail.amazonaws.com" });
        const trail = new CreateTrailCommand({
            Name: "trail",
            S3BucketName: "films-trail",
            CloudWatchLogsRoleArn,
            CloudWatchLogsLogGroupArn: `arn:aws:logs:${region}:${account}:log-group:/trail:*`,
        });
        await requireSource("trails", "cloudtrail.amazonaws.com");
        await assert.rejects(trails.send(trail), {
            name: "InvalidCloudWatchLogsRoleArnException",
            message: "Access denied. Check the trust relationships for your role.",
        });
        await requireSource("trails", "cloudtrail.amazonaws.com", {});
        await trails.send(trail);
    });

    it("CreateFunction with active tracing needs unconditional X-Ray permissions", async () => {
        const Role = await aws.role("traced", { Service: "lambda.amazonaws.com" });
        const make = new CreateFunctionCommand({
            FunctionName: "traced",
            Runtime: "nodejs22.x",
            Handler: "index.handler",
            Role,
            TracingConfig: { Mode: "Active" },
            Code: { ZipFile: zipSync({ "index.mjs": Buffer.from("export const handler = () => 1;") }) },
        });
        const xray = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
        const give = (Condition: object) =>
            aws.admin.iam.send(
                new PutRolePolicyCommand({
                    RoleName: "traced",
                    PolicyName: "traces",
                    PolicyDocument: JSON.stringify({
                        Version: "2012-10-17",
                        Statement: [{ ...allow(xray), ...Condition }],
                    }),
                }),
            );
        const refused = {
            name: "InvalidParameterValueException",
            message: "The provided execution role does not have permissions to call PutTraceSegments on XRAY",
        };
        await assert.rejects(aws.admin.lambda.send(make), refused);
        await give({ Condition: { StringEquals: { "aws:RequestedRegion": region } } });
        await assert.rejects(aws.admin.lambda.send(make), refused);
        await give({});
        await aws.admin.lambda.send(make);
    });

    it("CloudFront calls need permission on the resource's ARN; create and list calls need permission on a wildcard", async () => {
        const { keys } = await aws.user(
            "publisher",
            allow("cloudfront:CreateOriginAccessControl", edge("origin-access-control/*")),
            allow("cloudfront:CreateDistribution", edge("distribution/*"), ours),
            allow("cloudfront:TagResource", edge("distribution/*"), ours),
        );
        const { cloudFront } = clientsOf(keys);
        const control = await cloudFront.send(
            new CreateOriginAccessControlCommand({
                OriginAccessControlConfig: {
                    Name: "films",
                    SigningBehavior: "always",
                    SigningProtocol: "sigv4",
                    OriginAccessControlOriginType: "s3",
                },
            }),
        );
        const Id = control.OriginAccessControl?.Id ?? "";
        await assert.rejects(
            cloudFront.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: control.ETag })),
            refusedOn("cloudfront:DeleteOriginAccessControl", edge(`origin-access-control/${Id}`)),
        );
        const wanted = toDistributionConfig({
            enabled: true,
            origins: [{ originId: "page", domainName: `films.s3.${region}.amazonaws.com`, originAccessControlId: Id }],
            defaultCacheBehavior: {
                targetOriginId: "page",
                viewerProtocolPolicy: "https-only",
                allowedMethods: ["GET", "HEAD"],
                cachedMethods: ["GET", "HEAD"],
                cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
            viewerCertificate: { cloudfrontDefaultCertificate: true },
            restrictions: { geoRestriction: { restrictionType: "none" } },
        });
        const DistributionConfig = { CallerReference: "films", ...wanted };
        const withTags = (team: string) =>
            createSender(cloudFront)(CreateDistributionWithTagsCommand)({
                DistributionConfigWithTags: { DistributionConfig, Tags: { Items: [{ Key: "team", Value: team }] } },
            });
        await assert.rejects(withTags("others"), refusedOn("cloudfront:CreateDistribution", edge("distribution/*")));
        const { Distribution } = await withTags("films");
        const Resource = Distribution?.ARN ?? "";
        const tagged = (team: string) =>
            new TagDistributionCommand({ Resource, Tags: { Items: [{ Key: "team", Value: team }] } });
        await cloudFront.send(tagged("films"));
        await assert.rejects(cloudFront.send(tagged("others")), refusedOn("cloudfront:TagResource", Resource));
        await assert.rejects(
            cloudFront.send(new ListDistributionsCommand({})),
            refusedOn("cloudfront:ListDistributions", "*"),
        );
        const invalidation = new CreateInvalidationCommand({
            DistributionId: Distribution?.Id,
            InvalidationBatch: { CallerReference: "1", Paths: { Quantity: 1, Items: ["/*"] } },
        });
        await assert.rejects(cloudFront.send(invalidation), refusedOn("cloudfront:CreateInvalidation", Resource));
        const tagsAllow = { StringEquals: { "aws:ResourceTag/team": "films" } };
        await aws.putPolicy("publisher", [allow("cloudfront:CreateInvalidation", "*", tagsAllow)], "tags");
        await cloudFront.send(invalidation);
    });
});
