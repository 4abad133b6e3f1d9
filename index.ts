import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DataBucket } from "./components/data-bucket.ts";
import { filesOf, prefixesOf } from "./components/files.ts";
import { PersonalizeAccess } from "./components/personalize-access.ts";
import { Recommender } from "./components/recommender.ts";
import { stackMarks } from "./components/stack-marks.ts";
import { bucketNameFor, loadConfig } from "./config.ts";
import { dataBucketPolicy } from "./iam/import-access.ts";
import { endWithEngine } from "./personalize/engine.ts";

// When its engine is killed, a program waits for it for ever, and busily.
endWithEngine([process.env.PULUMI_NODEJS_ENGINE ?? ""]);
const config = loadConfig();
const marks = await stackMarks(config.stack);
const { accountId } = aws.getCallerIdentityOutput();
const { partition } = aws.getPartitionOutput();
const caller = pulumi.output({ partition, region: config.region, accountId });
const placeIn = (bucketName: pulumi.Input<string>) => pulumi.output({ partition, bucketName, ...prefixesOf(config) });

if (config.recipe === "aws-hrnn") {
    pulumi.log.warn(
        "recipe aws-hrnn is gone from ListRecipes: AWS may refuse it. aws-user-personalization succeeds it.",
    );
}

const data = new DataBucket("data", {
    bucketName: accountId.apply((id) => bucketNameFor(config, id)),
    files: filesOf(config),
    dataRetention: config.dataRetention,
    tags: config.tags,
    policy: (bucketName) =>
        pulumi.all([placeIn(bucketName), caller]).apply(([place, by]) => dataBucketPolicy(place, by)),
});
const access = new PersonalizeAccess("personalize", {
    roleName: config.names.role,
    caller,
    place: placeIn(data.bucketName),
    tags: config.tags,
});
const recommender = new Recommender("movies", {
    config,
    recipeArn: config.recipe && pulumi.interpolate`arn:${partition}:personalize:::recipe/${config.recipe}`,
    bucketName: data.bucketName,
    files: data.files,
    roleArn: access.roleArn,
    marks,
});

export const { bucketName } = data;
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
} = recommender;
