import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudFront } from "@aws-sdk/client-cloudfront";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { Personalize } from "@aws-sdk/client-personalize";
import { S3 } from "@aws-sdk/client-s3";
import { Scheduler } from "@aws-sdk/client-scheduler";
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
        api: new APIGateway(settings),
        cloudwatch: new CloudWatch(settings),
        dynamo: new DynamoDB(settings),
        edge: new CloudFront(settings),
        lambda: new Lambda(settings),
        personalize: new Personalize(settings),
        s3: new S3({ ...settings, forcePathStyle: true }),
        scheduler: new Scheduler(settings),
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
    await dynamo.createTable({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        Tags,
    });
    await lambda.createFunction({
        FunctionName: name,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Tags: tags,
        Role: `arn:${scope.partition}:iam::${scope.accountId}:role/some-function`,
        Code: { ZipFile: code },
    });
    const { id: restApiId = "" } = await api.createRestApi({ name, tags });
    const { id: apiKey = "" } = await api.createApiKey({ name, tags });
    // Create a distribution for the other stack: a copy of the operated stack's distribution, with the other stack's
    // tags.
    const { DistributionList } = await edge.listDistributions({});
    const own = DistributionList?.Items?.find(({ Comment }) => Comment === scope.names.storefront);
    const { DistributionConfig } = await edge.getDistributionConfig({ Id: own?.Id });
    const config = { ...DistributionConfig, CallerReference: name, Comment: name } as typeof DistributionConfig;
    const { Distribution, ETag } = await edge.createDistributionWithTags({
        DistributionConfigWithTags: { DistributionConfig: config, Tags: { Items: Tags } },
    });
    return { name, restApiId, apiKey, distribution: Distribution, config, ETag };
}
