import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { githubAudience, githubIssuer, githubTrust } from "../../core/iam/github-trust.ts";
import { type OperatorScope, policyKinds, policyName } from "../../core/iam/operator/scope.ts";
import { operatorPolicy, rolesBoundary } from "../../core/iam/operator.ts";

export interface OperatorAccessArgs {
    readonly scope: OperatorScope;
    /** Names of existing users and roles that get all policies. */
    readonly users: readonly string[];
    readonly roles: readonly string[];
    /** The GitHub workflow that gets a role; undefined for no role. */
    readonly github: { readonly subject: string; readonly providerArn: string | undefined } | undefined;
    readonly tags: Readonly<Record<string, string>>;
}

/**
 * The operator's managed policies for one stack, the permissions boundary, and their attachments. Creates no access
 * keys.
 */
export class OperatorAccess extends pulumi.ComponentResource {
    /** ARN of the permissions boundary, for config `permissionsBoundary` of the operated stack. */
    public readonly boundaryArn: pulumi.Output<string>;
    public readonly policyArns: pulumi.Output<Record<string, string>>;
    /** Names of the customer managed policies for a permission set of Identity Center. */
    public readonly permissionSetPolicies: readonly string[];
    /** ARN of the GitHub workflow's role; empty without a GitHub workflow. */
    public readonly githubRoleArn: pulumi.Output<string>;

    constructor(name: string, args: OperatorAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:access:OperatorAccess", name, {}, opts);
        const child = { parent: this };
        const { scope, tags } = args;
        const managed = (kind: Parameters<typeof policyName>[1], description: string, policy: object) =>
            new aws.iam.Policy(
                `${name}-${kind}`,
                { name: policyName(scope, kind), description, policy: JSON.stringify(policy), tags },
                // Ignore changes of the description: IAM cannot update it, and a replacement would detach the policy
                // for a moment.
                { ...child, ignoreChanges: ["description"] },
            );
        const of = `stack ${scope.stack} of ${scope.project}`;
        const descriptions = {
            read: `Reads ${of}`,
            "read-operations": `With read: reads cost guard, alarms and trail of ${of}`,
            "read-serving": `With read: reads API and page of ${of}`,
            operate: `With read: runs every runbook of ${of}`,
            deploy: `With read and operate: creates and destroys ${of}`,
            "deploy-operations": `With deploy: creates and destroys cost guard, notifications and alarms of ${of}`,
            "deploy-audit": `With deploy: creates and destroys the trail of ${of}`,
            "deploy-serving": `With deploy: creates and destroys the API of ${of}`,
            "deploy-page": `With deploy: creates and destroys the page of ${of}`,
        };
        const boundary = managed("boundary", `Permissions boundary for the roles of ${of}`, rolesBoundary(scope));
        const policies = policyKinds.map(
            (kind) => [kind, managed(kind, descriptions[kind], operatorPolicy(scope, kind))] as const,
        );
        for (const [kind, { arn: policyArn }] of policies) {
            for (const user of args.users) {
                new aws.iam.UserPolicyAttachment(`${name}-${user}-${kind}`, { user, policyArn }, child);
            }
            for (const role of args.roles) {
                new aws.iam.RolePolicyAttachment(`${name}-${role}-${kind}`, { role, policyArn }, child);
            }
        }
        this.githubRoleArn = pulumi.output(args.github ? this.#githubRole(name, args, policies) : "");
        this.boundaryArn = boundary.arn;
        this.policyArns = pulumi.output(Object.fromEntries(policies.map(([kind, { arn }]) => [kind, arn])));
        this.permissionSetPolicies = policyKinds.map((kind) => policyName(scope, kind));
        this.registerOutputs({ boundaryArn: this.boundaryArn, policyArns: this.policyArns });
    }

    #githubRole(
        name: string,
        { scope, github, tags }: OperatorAccessArgs,
        policies: readonly (readonly [kind: string, policy: aws.iam.Policy])[],
    ): pulumi.Output<string> {
        const child = { parent: this };
        const { subject = "", providerArn } = github ?? {};
        const provider =
            providerArn ??
            new aws.iam.OpenIdConnectProvider(
                `${name}-github`,
                { url: `https://${githubIssuer}`, clientIdLists: [githubAudience], tags },
                child,
            ).arn;
        const role = new aws.iam.Role(
            `${name}-github`,
            {
                name: `${scope.project}-${scope.stack}-github`,
                description: `One GitHub workflow uses this role to operate stack ${scope.stack} of ${scope.project}`,
                assumeRolePolicy: pulumi.jsonStringify(
                    pulumi.output(provider).apply((arn) => githubTrust(arn, subject)),
                ),
                tags,
            },
            child,
        );
        for (const [kind, { arn: policyArn }] of policies) {
            new aws.iam.RolePolicyAttachment(`${name}-github-${kind}`, { role: role.name, policyArn }, child);
        }
        return role.arn;
    }
}
