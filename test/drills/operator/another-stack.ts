import { APIGatewayClient, CreateApiKeyCommand, CreateRestApiCommand } from "@aws-sdk/client-api-gateway";
import {
    CloudFrontClient,
    CreateDistributionWithTagsCommand,
    GetDistributionConfigCommand,
    ListDistributionsCommand,
} from "@aws-sdk/client-cloudfront";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { zipSync } from "fflate";
import type { OperatorScope } from "../../../iam/operator.ts";
import { variables } from "../../../packages/local-aws/instance.ts";
import { region, type TestAws } from "../../support/local-aws.ts";

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

/** Returns settings of SDK clients for a caller's credentials, without retries. */
export const createSettings = ({ instance }: TestAws, credentials: Keys) => ({
    endpoint: variables(instance).AWS_ENDPOINT_URL as string,
    region,
    credentials,
    maxAttempts: 1,
});

/** Returns SDK clients for a caller's credentials, without retries. */
export function createClients(aws: TestAws, credentials: Keys) {
    const settings = createSettings(aws, credentials);
    return {
        api: new APIGatewayClient(settings),
        cloudwatch: new CloudWatchClient(settings),
        dynamo: new DynamoDBClient(settings),
        edge: new CloudFrontClient(settings),
        lambda: new LambdaClient(settings),
        personalize: new PersonalizeClient(settings),
        s3: new S3Client({ ...settings, forcePathStyle: true }),
        scheduler: new SchedulerClient(settings),
    };
}

/** A Lambda package with an empty handler. */
export const code = zipSync({ "index.mjs": Buffer.from("export const handler = async () => 1;") });

/** Creates resources of another stack of this project: a table, a function, an API, an API key and a distribution. */
export async function anotherStack(aws: TestAws, scope: OperatorScope) {
    const { api, dynamo, edge, lambda } = createClients(aws, { accessKeyId: "test", secretAccessKey: "test" });
    const name = "movie-recommender-api-prod";
    const tags = { "pulumi:project": scope.project, "pulumi:stack": "prod" };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await dynamo.send(
        new CreateTableCommand({
            TableName: name,
            BillingMode: "PAY_PER_REQUEST",
            KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
            AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
            Tags,
        }),
    );
    await lambda.send(
        new CreateFunctionCommand({
            FunctionName: name,
            Runtime: "nodejs24.x",
            Handler: "index.handler",
            Tags: tags,
            Role: `arn:${scope.partition}:iam::${scope.accountId}:role/some-function`,
            Code: { ZipFile: code },
        }),
    );
    const { id: restApiId = "" } = await api.send(new CreateRestApiCommand({ name, tags }));
    const { id: apiKey = "" } = await api.send(new CreateApiKeyCommand({ name, tags }));
    // Create a distribution for the other stack: a copy of the operated stack's distribution, with the other stack's
    // tags.
    const { DistributionList } = await edge.send(new ListDistributionsCommand({}));
    const own = DistributionList?.Items?.find(({ Comment }) => Comment === scope.names.storefront);
    const { DistributionConfig } = await edge.send(new GetDistributionConfigCommand({ Id: own?.Id }));
    const config = { ...DistributionConfig, CallerReference: name, Comment: name } as typeof DistributionConfig;
    const { Distribution, ETag } = await edge.send(
        new CreateDistributionWithTagsCommand({
            DistributionConfigWithTags: { DistributionConfig: config, Tags: { Items: Tags } },
        }),
    );
    return { name, restApiId, apiKey, distribution: Distribution, config, ETag };
}
