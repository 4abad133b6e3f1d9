import type { PolicyDocument } from "policy-evaluator";

/** Where GitHub's tokens come from. */
export const githubIssuer = "token.actions.githubusercontent.com";
/** For whom a token must be made, so that AWS takes it. */
export const githubAudience = "sts.amazonaws.com";

/**
 * Trust policy of a role that one GitHub workflow becomes, without a key. `sub` is compared as a whole: without it, or
 * with a wildcard in it, other repositories could become the role
 * (IAM User Guide, "Create a role for OpenID Connect federation", "Configuring a role for GitHub OIDC identity provider").
 */
export function githubTrust(providerArn: string, subject: string): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "OneWorkflow",
                Effect: "Allow",
                Principal: { Federated: providerArn },
                Action: "sts:AssumeRoleWithWebIdentity",
                Condition: {
                    StringEquals: { [`${githubIssuer}:aud`]: githubAudience, [`${githubIssuer}:sub`]: subject },
                },
            },
        ],
    };
}
