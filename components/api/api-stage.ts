import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import { apiStage, type StackConfig } from "../../core/config/config.ts";
import { throttles, toRates } from "../../core/config/throttles.ts";
import { knownAfter } from "../common/known-after.ts";
import { logDays } from "../common/lambda-function.ts";
import { ClosedStage } from "../personalize/resources.ts";

export interface ApiStageArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    readonly restApi: pulumi.Output<string>;
    readonly deployment: pulumi.Output<string>;
    /** Whether the cost guard closed the API, so that the API allows no request. */
    readonly isClosed: boolean;
}

/** Format of the access log. It contains the route instead of the path, so it contains no viewer IDs. */
const accessLogFormat = JSON.stringify({
    requestId: "$context.requestId",
    extendedRequestId: "$context.extendedRequestId",
    at: "$context.requestTimeEpoch",
    method: "$context.httpMethod",
    resource: "$context.resourcePath",
    status: "$context.status",
    milliseconds: "$context.responseLatency",
    functionMilliseconds: "$context.integrationLatency",
    bytes: "$context.responseLength",
    refusal: "$context.error.responseType",
});

/** A stage of the API with throttling, tracing, access logs and an API key. */
export class ApiStage extends pulumi.ComponentResource {
    /** The URL of the stage, which resolves only after throttling is in place. */
    public readonly url: pulumi.Output<string>;
    public readonly apiKey: pulumi.Output<string> | undefined;

    constructor(name: string, args: ApiStageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:ApiStage", name, {}, opts);
        const { config, caller, restApi } = args;
        const { names, tags } = config;
        const child = { parent: this };
        const logGroup = `/aws/apigateway/${names.api}`;
        const logs = config.apiAccessLogs
            ? new aws.cloudwatch.LogGroup(name, { name: logGroup, retentionInDays: logDays, tags }, child)
            : undefined;
        const destinationArn = knownAfter(regionalArn(caller, "logs", `log-group:${logGroup}`), logs);
        const stage = new aws.apigateway.Stage(
            name,
            {
                restApi,
                deployment: args.deployment,
                stageName: apiStage,
                xrayTracingEnabled: config.observability.traces,
                ...(logs && { accessLogSettings: { destinationArn, format: accessLogFormat } }),
                tags,
            },
            child,
        );
        const settings = methodSettings(name, args, stage, child);
        this.apiKey = config.apiKey ? createApiKey(name, config, restApi, stage, child) : undefined;
        this.url = pulumi.all([stage.invokeUrl, ...settings.map(({ id }) => id)]).apply(([url = ""]) => url);
        this.registerOutputs({ url: this.url });
    }
}

/** Creates the throttling settings of each route, and those of all methods without settings of their own. */
function methodSettings(
    name: string,
    { config, restApi, isClosed }: ApiStageArgs,
    stage: aws.apigateway.Stage,
    opts: pulumi.CustomResourceOptions,
): readonly aws.apigateway.MethodSettings[] {
    const createdSettings: aws.apigateway.MethodSettings[] = [];
    const wanted = throttles(toRates(config));
    const methodPaths = wanted.map(({ methodPath }) => methodPath);
    const stageId = { region: config.region, restApiId: restApi, stageName: stage.stageName };
    const closed = isClosed ? [new ClosedStage(name, { ...stageId, methodPaths }, opts)] : [];
    for (const { ending, methodPath, rate, burst } of wanted) {
        const settings = {
            throttlingRateLimit: isClosed ? 0 : rate,
            throttlingBurstLimit: isClosed ? 0 : burst,
            loggingLevel: "OFF",
            // Publish no metrics for each method, because AWS would bill them as custom metrics.
            metricsEnabled: false,
            // Do not log request and response bodies, because they contain viewer IDs.
            dataTraceEnabled: false,
        };
        const args = { restApi, stageName: stage.stageName, methodPath, settings };
        // API Gateway rejects two simultaneous changes of a stage, so each change waits for the previous one.
        const after = { ...opts, dependsOn: [...closed, ...createdSettings.slice(-1)] };
        createdSettings.push(new aws.apigateway.MethodSettings(`${name}${ending}`, args, after));
    }
    return createdSettings;
}

function createApiKey(
    name: string,
    { names, tags, throttle }: StackConfig,
    apiId: pulumi.Output<string>,
    stage: aws.apigateway.Stage,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const plan = new aws.apigateway.UsagePlan(
        name,
        {
            name: names.api,
            apiStages: [{ apiId, stage: stage.stageName }],
            // The usage plan limits all requests with the API key together. The stage's limits for events and other
            // paths also apply to them.
            throttleSettings: { rateLimit: throttle.requestsPerSecond, burstLimit: throttle.burst },
            tags,
        },
        opts,
    );
    const key = new aws.apigateway.ApiKey(name, { name: names.api, tags }, opts);
    new aws.apigateway.UsagePlanKey(
        name,
        { keyId: key.id, keyType: "API_KEY", usagePlanId: plan.id },
        // The `value` of a UsagePlanKey is the API key. Mark it as a secret, because @pulumi/aws does this only for
        // ApiKey.
        { ...opts, additionalSecretOutputs: ["value"] },
    );
    return pulumi.secret(key.value);
}
