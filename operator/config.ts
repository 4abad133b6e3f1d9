import * as pulumi from "@pulumi/pulumi";
import { namesFor } from "../config/config.ts";

/** The project that is operated: its name is in tags and in the path of its marks. */
export const operatedProject = "movie-recommender";

/** The configuration of this program, checked; descriptions and defaults stand in operator/Pulumi.yaml. */
export function loadConfig() {
    const own = new pulumi.Config();
    const region = new pulumi.Config("aws").require("region");
    const operatedStack = own.require("operatedStack");
    const githubSubject = own.get("githubSubject") ?? "";
    if (githubSubject !== "" && !/^repo:[^:*?]+\/[^:*?]+:[^*?]+$/.test(githubSubject)) {
        throw new pulumi.RunError(
            `githubSubject is "${githubSubject}". It must name one repository and one of its environments or branches, ` +
                "without a wildcard: repo:my-org/movie-recommender:environment:production",
        );
    }
    return {
        region,
        operatedStack,
        bucketName: own.get("bucketName") ?? "",
        names: namesFor(operatedStack, own.get("nameSuffix") ?? ""),
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
