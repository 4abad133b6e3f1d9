import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketNameFor, namesFor } from "../../core/config/config.ts";
import { isGithubSubject } from "../../core/iam/github-trust.ts";
import { ProgramError } from "../common/messages.ts";
import { deleteBeforeReplacing, enforceResourceRules } from "../common/resource-rules.ts";
import { OperatorAccess } from "./operator-access.ts";

/** The project that the operator manages. Its name is in tags and in the path of its state flags. */
const operatedProject = "movie-recommender";

/** The configuration of the operator program; components/operator/Pulumi.yaml has the descriptions and defaults. */
const config = new pulumi.Config();
const region = new pulumi.Config("aws").require("region");
const stack = config.require("operatedStack");
const subject = config.get("githubSubject") ?? "";
const names = namesFor(stack, config.get("nameSuffix"));
if (subject !== "" && !isGithubSubject(subject)) {
    throw new ProgramError(
        `githubSubject is "${subject}". It must name one repository, and one environment, branch or tag, ` +
            "without a wildcard: repo:my-org/movie-recommender:environment:production, or " +
            "repo:my-org/movie-recommender:ref:refs/heads/main",
    );
}
deleteBeforeReplacing();
enforceResourceRules();
const [{ accountId }, { partition }] = await Promise.all([aws.getCallerIdentity(), aws.getPartition()]);

const access = new OperatorAccess("operator", {
    scope: {
        ...{ partition, region, accountId, project: operatedProject, stack, names },
        bucketName: bucketNameFor({ bucketName: config.get("bucketName") ?? "", stack }, accountId),
        kmsKeyArn: config.get("kmsKeyArn") || undefined,
    },
    users: config.getObject<string[]>("users") ?? [],
    roles: config.getObject<string[]>("roles") ?? [],
    github: subject === "" ? undefined : { subject, providerArn: config.get("githubProviderArn") || undefined },
    tags: {
        ...config.getObject<Record<string, string>>("tags"),
        "pulumi:project": pulumi.getProject(),
        "pulumi:stack": pulumi.getStack(),
    },
});

export const { boundaryArn, policyArns, permissionSetPolicies, githubRoleArn } = access;
