import type { PolicyDocument } from "policy-evaluator";
import { document } from "./function-access.ts";

/** Issuer of GitHub's OIDC tokens. */
export const githubIssuer = "token.actions.githubusercontent.com";
/** Audience that AWS requires in a token. */
export const githubAudience = "sts.amazonaws.com";

/**
 * Checks whether a subject names one environment, branch or tag of one repository. With another subject, such as
 * `repo:my-org/films:pull_request`, strangers may have written the workflow's code (GitHub Docs, "OpenID Connect
 * reference").
 */
export const isGithubSubject = (subject: string): boolean =>
    /^repo:[\w.-]+\/[\w.-]+:(environment:[^:*?\s]+|ref:refs\/(heads|tags)\/[^:*?\s]+)$/.test(subject);

/**
 * Returns the trust policy of a role for one GitHub workflow, which needs no access keys. Compares the full `sub`:
 * without it, or with a wildcard, other repositories could assume the role (IAM User Guide, "Create a role for OpenID
 * Connect federation", "Configuring a role for GitHub OIDC identity provider").
 */
export function githubTrust(providerArn: string, subject: string): PolicyDocument {
    return document([
        {
            Sid: "AllowWorkflow",
            Effect: "Allow",
            Principal: { Federated: providerArn },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
                StringEquals: { [`${githubIssuer}:aud`]: githubAudience, [`${githubIssuer}:sub`]: subject },
            },
        },
    ]);
}
