import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketNameFor, namesFor } from "../../core/config/config.ts";
import { isGithubSubject } from "../../core/iam/github-trust.ts";
import { ProgramError } from "../common/messages.ts";
import { deleteBeforeReplacing, enforceResourceRules } from "../common/resource-rules.ts";
import { OperatorAccess } from "./operator-access.ts";

/** The project that the operator manages. Its name is in tags and in the path of its state flags. */
const operatedProject = "movie-recommender";

const config = loadConfig();
deleteBeforeReplacing();
enforceResourceRules();
const [{ accountId }, { partition }] = await Promise.all([aws.getCallerIdentity(), aws.getPartition()]);

const access = new OperatorAccess("operator", {
    scope: {
        partition,
        region: config.region,
        accountId,
        project: operatedProject,
        stack: config.operatedStack,
        bucketName: bucketNameFor({ bucketName: config.bucketName, stack: config.operatedStack }, accountId),
        names: config.names,
        kmsKeyArn: config.kmsKeyArn,
    },
    users: config.users,
    roles: config.roles,
    github: config.github,
    tags: config.tags,
});

export const { boundaryArn, policyArns, permissionSetPolicies, githubRoleArn } = access;

/**
 * Reads and validates the configuration of the operator program; components/operator/Pulumi.yaml has the descriptions and
 * defaults.
 */
function loadConfig() {
    const own = new pulumi.Config();
    const region = new pulumi.Config("aws").require("region");
    const operatedStack = own.require("operatedStack");
    const githubSubject = own.get("githubSubject") ?? "";
    if (githubSubject !== "" && !isGithubSubject(githubSubject)) {
        throw new ProgramError(
            `githubSubject is "${githubSubject}". It must name one repository, and one environment, branch or tag, ` +
                "without a wildcard: repo:my-org/movie-recommender:environment:production, or " +
                "repo:my-org/movie-recommender:ref:refs/heads/main",
        );
    }
    return {
        region,
        operatedStack,
        bucketName: own.get("bucketName") ?? "",
        names: namesFor(operatedStack, own.get("nameSuffix")),
        kmsKeyArn: own.get("kmsKeyArn") || undefined,
        users: own.getObject<string[]>("users") ?? [],
        roles: own.getObject<string[]>("roles") ?? [],
        github:
            githubSubject === ""
                ? undefined
                : { subject: githubSubject, providerArn: own.get("githubProviderArn") || undefined },
        tags: {
            ...own.getObject<Record<string, string>>("tags"),
            "pulumi:project": pulumi.getProject(),
            "pulumi:stack": pulumi.getStack(),
        },
    };
}
