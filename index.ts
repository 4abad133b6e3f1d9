import * as aws from "@pulumi/aws";
import { endWithEngine } from "pulumi-personalize/core";
import { Serving, servingFiles } from "./components/api/serving.ts";
import { refuseMissingAdoptions } from "./components/common/existing-resources.ts";
import { loadConfig, stackStateFlags } from "./components/common/load-config.ts";
import { refuseEarly } from "./components/common/preflight.ts";
import { deleteBeforeReplacing, enforceResourceRules } from "./components/common/resource-rules.ts";
import { CostGuard } from "./components/cost/cost-guard.ts";
import { plannedStack, showPrice } from "./components/cost/price-table.ts";
import { SpendBudget } from "./components/cost/spend-budget.ts";
import { DataBucket, filesToUpload, toDataPrefixes } from "./components/data/data-bucket.ts";
import { refuseOtherOptions, refuseRedData } from "./components/data/data-quality.ts";
import { AuditTrail } from "./components/observability/audit-trail.ts";
import { Notifications } from "./components/observability/notifications.ts";
import { Observability } from "./components/observability/observability.ts";
import { PersonalizeAccess, Recommender } from "./components/personalize/recommender.ts";
import { declareStack } from "./components/personalize/resources.ts";
import { bucketNameFor, trailBucketNameFor } from "./core/config/config.ts";
import { readContentOnce } from "./data-prep/files.ts";
import { preparedData } from "./data-prep/manifest.ts";

// If the Pulumi engine is killed, a Pulumi program waits forever and uses a whole processor. End this program instead.
endWithEngine([process.env.PULUMI_NODEJS_ENGINE ?? ""]);
// The Pulumi SDK applies source maps to every stack trace, which makes each preview one second slower. Node.js strips
// types in place, so there are no source maps.
Reflect.deleteProperty(Error, "prepareStackTrace");
// The SDK also records the stack of each of thousands of promises, a fifth of a preview's processor time.
Error.stackTraceLimit = 3;
const configured = loadConfig();
const data = await preparedData(
    configured,
    async () => (await readContentOnce(configured.interactionsFile)).contentHash,
);
const { config } = data;
refuseRedData(data.manifest, config);
await refuseOtherOptions(data.manifest, config);
await refuseEarly(config, data.interactionsSchema);
deleteBeforeReplacing();
enforceResourceRules(config);
const [files, { accountId }, { partition }] = await Promise.all([
    servingFiles(data),
    aws.getCallerIdentity(),
    aws.getPartition(),
]);
const bucketName = bucketNameFor(config, accountId);
const plan = await plannedStack(config);
const { owner, record, previousStack, idleAction, experiment } = await declareStack(config, bucketName, plan);
const stateFlags = await stackStateFlags(config.stack, previousStack);
await refuseMissingAdoptions(config, { isParked: stateFlags.parked !== undefined });
const price = showPrice(config, plan, { isParked: stateFlags.parked !== undefined, idleAction });
const caller = { partition, region: config.region, accountId };

const access = new PersonalizeAccess("personalize", {
    roleName: config.names.role,
    caller,
    bucketName,
    kmsKeyArn: config.kmsKeyArn,
    ...toDataPrefixes(config),
    bucketPolicyConditions: config.bucketPolicyConditions,
    permissionsBoundary: config.permissionsBoundary,
    tags: config.tags,
});
const bucket = new DataBucket("data", {
    bucketName,
    files: filesToUpload(config),
    dataRetention: config.dataRetention,
    tags: config.tags,
    kmsKeyArn: config.kmsKeyArn,
    policy: access.bucketPolicy,
});
const { monthlyLimitUsd } = price;
const notifications = new Notifications("notifications", { config, caller });
const { topicArn, failuresArn } = notifications;
const budget = new SpendBudget("budget", { config, monthlyLimitUsd, topicArn });
const recommender = new Recommender("movies", {
    config,
    caller,
    recipeArn: config.recipe && `arn:${partition}:personalize:::recipe/${config.recipe}`,
    interactionsSchema: data.interactionsSchema,
    watchedTypes: data.manifest?.consumedTypes,
    bucketName: bucket.bucketName,
    files: bucket.files,
    tables: files?.tables,
    roleArn: access.roleArn,
    accessHash: access.accessHash,
    owner,
    stateFlags,
    budget: budget.resource,
});
const guard = new CostGuard("cost-guard", {
    config,
    caller,
    monthlyLimitUsd,
    idleAction,
    topicArn,
    failuresArn,
    owner,
    record,
});
const { dashboardUrl } = new Observability("observability", { config, caller, monthlyLimitUsd, topicArn });
const serving = new Serving("serving", {
    config,
    experiment,
    manifest: data.manifest,
    caller,
    price,
    files,
    recommender,
    bucketName,
    failuresArn,
    topicArn,
    roleArn: access.roleArn,
    isClosed: stateFlags.closed !== undefined,
    budget: budget.resource,
});
if (config.auditTrail) new AuditTrail("audit", { config, caller, bucketName: trailBucketNameFor(bucketName) });

export const { estimatedMonthlyCostUsd } = price;
/** Config `serving.mode`. */
export const servingMode = config.serving.mode;
export { bucketName };
export const { roleArn } = access;
export const {
    schemaArn,
    datasetGroupArn,
    datasetArn,
    importJobArn,
    solutionArn,
    solutionVersionArn,
    bestRecipeArn,
    campaignArn,
    eventTrackerId,
    watchedFilterArn,
} = recommender;
export const { apiUrl, storefrontUrl, apiTableName, tableOperationsName, apiKey } = serving;
/** URL of the stack's CloudWatch dashboard; empty without config `observability.dashboard`. */
export { dashboardUrl };
export const notificationsTopicArn = notifications.topicArn;
export const notificationsQueueUrl = notifications.queueUrl;
export const costGuardName = guard.functionName;
