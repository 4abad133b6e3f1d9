import { authorize } from "policy-evaluator";
import { objectKeys } from "../../../config/config.ts";
import { storefrontBucketNameFor } from "../../../config/names.ts";
import { apiTableArn } from "../../../iam/api-access.ts";
import { roleArn } from "../../../iam/operator/scope.ts";
import { type OperatorScope, rolesBoundary } from "../../../iam/operator.ts";
import { region, type TestAws } from "../../support/local-aws.ts";
import { anotherStack, code, createClients } from "./another-stack.ts";
import { type Attack, denial } from "./attacks.ts";
import type { Operator } from "./operators.ts";

/**
 * Returns attacks by an operator. Some are on the API, table, functions and storefront of another stack; the others
 * misuse those of the operator's own stack.
 */
export async function servingAttacksOn(
    aws: TestAws,
    scope: OperatorScope,
    operator: Operator,
): Promise<readonly Attack[]> {
    const { partition, names } = scope;
    const keys = { accessKeyId: operator.who.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: operator.secretAccessKey };
    const { api, dynamo, edge, lambda, personalize, s3, scheduler } = createClients(aws, keys);
    const theirs = await anotherStack(aws, scope);
    const { name: FunctionName, restApiId, ETag: IfMatch } = theirs;
    const { Id, ARN: Resource } = theirs.distribution ?? {};
    const page = storefrontBucketNameFor(scope.bucketName);
    const asOurs = { "pulumi:project": scope.project, "pulumi:stack": scope.stack };
    const Key = { pk: { S: "viewer#1" }, sk: { S: "recent" } };
    const apiArn = `arn:${partition}:apigateway:${region}::/restapis/${restApiId}`;
    const { datasetArn } = await aws.outputs();
    const everyone = {
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: `arn:${partition}:s3:::${page}/*`,
    };

    const tries = (name: string, work: () => Promise<unknown>): Attack => ({
        name: `operator ${name}`,
        attempt: () => denial(work),
    });
    return [
        tries("reads another stack's table", () =>
            dynamo.getItem({ TableName: theirs.name, Key: { pk: { S: "viewer#1" } } }),
        ),
        tries("writes into another stack's table", () =>
            dynamo.putItem({ TableName: theirs.name, Item: { pk: { S: "viewer#1" } } }),
        ),
        tries("reads what a viewer of his own stack watched", () => dynamo.getItem({ TableName: names.api, Key })),
        tries("writes a viewer's list", () =>
            dynamo.updateItem({
                TableName: names.api,
                Key,
                UpdateExpression: "SET films = :none",
                ExpressionAttributeValues: { ":none": { L: [] } },
            }),
        ),
        tries("reads what a viewer of his own stack watched by a condition that fails", () =>
            dynamo.updateItem({
                TableName: names.api,
                Key,
                UpdateExpression: "SET expiresAt = :soon",
                ConditionExpression: "attribute_not_exists(pk)",
                ExpressionAttributeValues: { ":soon": { N: "1" } },
                ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            }),
        ),
        tries("forges the notification that viewers see", () =>
            dynamo.updateItem({
                TableName: names.api,
                Key: { pk: { S: "stack" }, sk: { S: "notification" } },
                UpdateExpression: "SET #text = :text",
                ExpressionAttributeNames: { "#text": "text" },
                ExpressionAttributeValues: { ":text": { S: "forged" } },
            }),
        ),
        tries("reads what a viewer of his own stack watched by deleting it", () =>
            dynamo.deleteItem({ TableName: names.api, Key, ReturnValues: "ALL_OLD" }),
        ),
        tries("invokes another API's function", () => lambda.invoke({ FunctionName })),
        tries("changes another API's function", () => lambda.updateFunctionCode({ FunctionName, ZipFile: code })),
        tries("lets his API call another's function", () =>
            lambda.addPermission({
                FunctionName,
                StatementId: "mallory",
                Action: "lambda:InvokeFunction",
                Principal: "apigateway.amazonaws.com",
            }),
        ),
        tries("makes the page's bucket public by an ACL", () => s3.putBucketAcl({ Bucket: page, ACL: "public-read" })),
        tries("makes an object of the page's bucket public", () =>
            s3.putObject({ Bucket: page, Key: "a.html", Body: "a", ACL: "public-read" }),
        ),
        tries("makes the page's bucket a website", () =>
            s3.putBucketWebsite({
                Bucket: page,
                WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" } },
            }),
        ),
        tries("opens the page's bucket to everyone by its policy", () =>
            s3.putBucketPolicy({
                Bucket: page,
                Policy: JSON.stringify({ Version: "2012-10-17", Statement: [everyone] }),
            }),
        ),
        tries("passes the API's role to EventBridge Scheduler", () =>
            scheduler.createSchedule({
                Name: names.prefetch,
                ScheduleExpression: "rate(1 hour)",
                FlexibleTimeWindow: { Mode: "OFF" },
                Target: {
                    Arn: `arn:${partition}:lambda:${region}:${scope.accountId}:function:${names.prefetch}`,
                    RoleArn: roleArn(scope, "apiRole"),
                },
            }),
        ),
        tries("passes the API's role to Personalize", () =>
            personalize.createDatasetImportJob({
                jobName: `${names.importJobPrefix}-of-api`,
                datasetArn,
                dataSource: { dataLocation: `s3://${scope.bucketName}/${objectKeys.interactions}` },
                roleArn: roleArn(scope, "apiRole"),
            }),
        ),
        tries("makes a role the one by which all APIs log", () =>
            api.updateAccount({
                patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: roleArn(scope, "apiRole") }],
            }),
        ),
        tries("changes another stack's API", () =>
            api.updateRestApi({
                restApiId,
                patchOperations: [{ op: "replace", path: "/description", value: "his" }],
            }),
        ),
        tries("puts another document into it", () =>
            api.putRestApi({ restApiId, mode: "overwrite", body: Buffer.from("{}") }),
        ),
        tries("deploys it", () => api.createDeployment({ restApiId, stageName: "api" })),
        tries("deletes it", () => api.deleteRestApi({ restApiId })),
        tries("reads its stages, with their variables", () => api.getStages({ restApiId })),
        tries("tags it as his own", () => api.tagResource({ resourceArn: apiArn, tags: asOurs })),
        tries("makes an API in the name of another stack", () =>
            api.createRestApi({ name: names.api, tags: { ...asOurs, "pulumi:stack": "prod" } }),
        ),
        tries("reads another stack's API key", () => api.getApiKey({ apiKey: theirs.apiKey, includeValue: true })),
        tries("reads all API keys", () => api.getApiKeys({ includeValues: true })),
        tries("changes another stack's distribution", () =>
            edge.updateDistribution({ Id, IfMatch, DistributionConfig: theirs.config }),
        ),
        tries("deletes another stack's distribution", () => edge.deleteDistribution({ Id, IfMatch })),
        tries("tags another stack's distribution as his own", () =>
            edge.tagResource({
                Resource,
                Tags: { Items: Object.entries(asOurs).map(([tag, Value]) => ({ Key: tag, Value })) },
            }),
        ),
        ...openedRoleAttacks(scope, theirs.name),
    ];
}

/**
 * Returns attacks by an operator without the policies for deployment: to replace the code of functions, in order to use
 * their roles.
 */
export function retrainerAttacksOn(aws: TestAws, { names }: OperatorScope, retrainer: Operator): readonly Attack[] {
    const keys = { accessKeyId: retrainer.who.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: retrainer.secretAccessKey };
    const { lambda } = createClients(aws, keys);
    return [names.api, names.costGuard, names.prefetch, names.tableOperations].map((FunctionName) => ({
        name: `retrainer replaces the code of function ${FunctionName}, to act as its role`,
        attempt: () => denial(() => lambda.updateFunctionCode({ FunctionName, ZipFile: code })),
    }));
}

/**
 * Returns attacks with the role of the API's function, after the operator added a policy that allows everything. The
 * permissions boundary must still deny them. Only Lambda can assume the role, so policy-evaluator evaluates the
 * documents.
 */
function openedRoleAttacks(scope: OperatorScope, otherTable: string): Attack[] {
    const { partition, accountId, names } = scope;
    const everything = {
        Version: "2012-10-17" as const,
        Statement: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }],
    };
    const policies = {
        identity: [{ name: "opened", document: everything }],
        boundary: [{ name: "boundary", document: rolesBoundary(scope) }],
    };
    const caller = { arn: `arn:${partition}:sts::${accountId}:assumed-role/${names.apiRole}/function` };
    const reaches = (what: string, action: string, resource: string): Attack => ({
        name: `the API's role, with everything written into it, ${what}`,
        async attempt() {
            const request = { caller, action, resource, context: { "aws:RequestedRegion": region } };
            const { decision } = authorize(request, policies, accountId);
            return decision === "allowed" ? undefined : decision;
        },
    });
    const table = apiTableArn({ ...scope, names: { ...names, api: otherTable } });
    const page = storefrontBucketNameFor(scope.bucketName);
    return [
        reaches("reads another stack's table", "dynamodb:GetItem", table),
        reaches("deletes its table", "dynamodb:DeleteTable", apiTableArn(scope)),
        reaches("writes into the page's bucket", "s3:PutObject", `arn:${partition}:s3:::${page}/index.html`),
        reaches("passes a role", "iam:PassRole", roleArn(scope)),
    ];
}
