import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { regionalArn } from "policy-evaluator";
import type { StackConfig } from "../../core/config/config.ts";
import { dnsSuffix } from "../../core/config/regions.ts";
import { anyMethodArn, invocationUri, tableOperationsPolicy } from "../../core/iam/api-access.ts";
import { LambdaFunction } from "../common/lambda-function.ts";
import { ProgramError, warn } from "../common/messages.ts";
import { gatewayDocument } from "./api-document.ts";
import { type ApiFunctionArgs, apiFunction, createApiScope } from "./api-function.ts";
import { ApiStage } from "./api-stage.ts";
import type { BatchLists } from "./batch-lists.ts";

/** The warning for a stack whose config `viewerAuth` has no issuer. */
export const openToStrangers =
    "Anyone can read and change any viewer's list (viewerAuth has no issuer). Use no real people's data. " +
    "To require a token of each viewer, see docs/viewer-auth.md and run `pulumi config set --path viewerAuth.issuer https://…`.";

/**
 * Warns in the preview if anybody can use the stack's API without a token.
 *
 * @throws ProgramError for an issuer without TLS, because someone in the network could replace the issuer's keys. An
 * issuer without TLS is allowed only for a stack on the local AWS, that is, if `AWS_ENDPOINT_URL` is set.
 */
export function checkViewerAuth(
    { viewerAuth, apiKey, project }: StackConfig,
    env: NodeJS.ProcessEnv,
    resource: pulumi.Resource,
): void {
    if (viewerAuth === undefined) {
        if (!apiKey) warn(openToStrangers, resource);
        return;
    }
    if (!viewerAuth.issuer.startsWith("https://") && env.AWS_ENDPOINT_URL === undefined) {
        throw new ProgramError(
            `${project}:viewerAuth.issuer is "${viewerAuth.issuer}"; AWS needs an https:// issuer. ` +
                "Run `pulumi config set --path viewerAuth.issuer https://…`",
        );
    }
}

export interface RecommendationApiArgs extends ApiFunctionArgs {
    /** Whether the cost guard closed the API and the page. */
    readonly isClosed: boolean;
    /**
     * Creates the component that makes lists by batch inference and loads them into the API's table; undefined for a
     * stack with a campaign.
     */
    readonly batchLists?: ((tableName: pulumi.Output<string>) => BatchLists) | undefined;
}

/** The REST API in front of the campaign: API Gateway, a function that always answers, and the function's table. */
export class RecommendationApi extends pulumi.ComponentResource {
    /** URL of the API, without a trailing slash. */
    public readonly url: pulumi.Output<string>;
    /** Host name of the API, to which CloudFront forwards requests. */
    public readonly host: pulumi.Output<string>;
    public readonly tableName: pulumi.Output<string>;
    /** Name of the function that changes the table for an operator. */
    public readonly tableOperations: pulumi.Output<string>;
    /** The value of the API key; undefined if callers need no key. */
    public readonly apiKey: pulumi.Output<string> | undefined;

    constructor(name: string, args: RecommendationApiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:RecommendationApi", name, {}, opts);
        const { config, caller, page } = args;
        const { names, tags } = config;
        const child = { parent: this };
        checkViewerAuth(config, process.env, this);
        const table = listsTable(name, config, child);

        // Make the first lists before the API's function uses them. Without these lists, the function would answer with
        // popular films.
        const lists = args.batchLists?.(table.name);
        const handler = apiFunction(name, args, table, {
            ...child,
            ...(lists && { dependsOn: lists.live }),
        });
        const body = JSON.stringify(
            gatewayDocument({
                title: names.api,
                invocation: invocationUri(caller, names.api),
                apiKey: config.apiKey,
                otherOrigins: config.allowedOrigins.length > 0,
                page: page !== undefined,
            }),
        );
        const api = new aws.apigateway.RestApi(
            name,
            {
                name: names.api,
                description: "Recommendations; answers with or without a campaign",
                body,
                endpointConfiguration: { types: "REGIONAL" },
                // Minimum size in bytes of a response that API Gateway compresses. To compress a smaller response takes
                // longer than it saves.
                minimumCompressionSize: "1024",
                tags,
            },
            child,
        );
        const permission = new aws.lambda.Permission(
            name,
            {
                function: handler.functionName,
                statementId: "api-gateway",
                action: "lambda:InvokeFunction",
                principal: "apigateway.amazonaws.com",
                // Set no sourceAccount: the ARN contains the account, and according to hashicorp/terraform issue 17166,
                // a permission with sourceAccount has no effect. Build the ARN from the API's ID: if the OpenAPI
                // document changes, a preview knows the ID, but not executionArn.
                sourceArn: api.id.apply((id) => anyMethodArn(regionalArn(caller, "execute-api", id))),
            },
            child,
        );
        const deployment = new aws.apigateway.Deployment(
            name,
            { restApi: api.id, triggers: { body: createHash("sha256").update(body).digest("hex") } },
            { ...child, dependsOn: permission },
        );
        const stage = new ApiStage(
            name,
            { config, caller, restApi: api.id, deployment: deployment.id, isClosed: args.isClosed },
            child,
        );

        this.url = pulumi.all([stage.url, handler.arn]).apply(([url]) => url.replace(/\/$/, ""));
        this.host = pulumi
            .all([api.id, stage.url])
            .apply(([id]) => `${id}.execute-api.${caller.region}.${dnsSuffix(caller.partition)}`);
        this.tableName = table.name;
        this.tableOperations = tableOperations(name, args, table, child).functionName;
        this.apiKey = stage.apiKey;
        this.registerOutputs({ url: this.url });
    }
}

/**
 * Creates the DynamoDB table with viewers' lists and newest films, and the campaign's status. The program can create
 * all of its content again.
 */
function listsTable(name: string, { names, tags }: StackConfig, opts: pulumi.CustomResourceOptions) {
    return new aws.dynamodb.Table(
        name,
        {
            name: names.api,
            billingMode: "PAY_PER_REQUEST",
            hashKey: "pk",
            rangeKey: "sk",
            attributes: [
                { name: "pk", type: "S" },
                { name: "sk", type: "S" },
            ],
            ttl: { attributeName: "expiresAt", enabled: true },
            tags,
        },
        opts,
    );
}

/** Creates the function that changes the DynamoDB table for an operator, who has no permission on the table itself. */
function tableOperations(
    name: string,
    { config, caller, experiment }: RecommendationApiArgs,
    table: aws.dynamodb.Table,
    opts: pulumi.ComponentResourceOptions,
) {
    const { names } = config;
    return new LambdaFunction(
        `${name}-table-operations`,
        {
            code: "table-operations",
            functionName: names.tableOperations,
            roleName: names.tableOperationsRole,
            description: "Changes lists and viewers' items, and sums an experiment, for runbooks",
            timeoutSeconds: 60,
            caller,
            policy: tableOperationsPolicy(createApiScope(config, caller)),
            environment: {
                TABLE_NAME: table.name,
                ...(experiment && { EXPERIMENT: JSON.stringify(experiment) }),
            },
            config,
        },
        opts,
    );
}
