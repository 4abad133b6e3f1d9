import * as pulumi from "@pulumi/pulumi";
import { ProgramError } from "../components/common/messages.ts";
import { namesFor } from "../config/config.ts";
import { isGithubSubject } from "../iam/github-trust.ts";

/** The project that the operator manages. Its name is in tags and in the path of its state flags. */
export const operatedProject = "movie-recommender";

/**
 * Reads and validates the configuration of the operator program; operator/Pulumi.yaml has the descriptions and
 * defaults.
 */
export function loadConfig() {
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
        waivers: own.getObject<Record<string, string>>("waivers") ?? {},
        tags: {
            ...own.getObject<Record<string, string>>("tags"),
            "pulumi:project": pulumi.getProject(),
            "pulumi:stack": pulumi.getStack(),
        },
    };
}
