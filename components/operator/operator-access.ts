import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { githubAudience, githubIssuer, githubTrust } from "../../iam/github-trust.ts";
import { type OperatorScope, operatorPolicy, policyKinds, policyName, rolesBoundary } from "../../iam/operator.ts";

export interface OperatorAccessArgs {
    readonly scope: { readonly [K in keyof OperatorScope]: pulumi.Input<OperatorScope[K]> } & {
        readonly project: string;
        readonly stack: string;
    };
    /** Names of users and roles that exist already, and get all the policies. */
    readonly users: readonly string[];
    readonly roles: readonly string[];
    /** The GitHub workflow for which a role is made; undefined: none is. */
    readonly github: { readonly subject: string; readonly providerArn: string | undefined } | undefined;
    readonly tags: Readonly<Record<string, string>>;
}

/** The managed policies of the operator of one stack, the boundary of its roles, and who gets them. No key is made. */
export class OperatorAccess extends pulumi.ComponentResource {
    /** For config `permissionsBoundary` of the operated stack. */
    public readonly boundaryArn: pulumi.Output<string>;
    public readonly policyArns: pulumi.Output<Record<string, string>>;
    /** What a permission set of Identity Center names as its customer managed policies. */
    public readonly permissionSetPolicies: readonly string[];
    /** Empty where no workflow gets a role. */
    public readonly githubRoleArn: pulumi.Output<string>;

    constructor(name: string, args: OperatorAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:access:OperatorAccess", name, {}, opts);
        const child = { parent: this };
        const { tags } = args;
        const scope = pulumi.output(args.scope) as pulumi.Output<OperatorScope>;
        const managed = (kind: Parameters<typeof policyName>[1], description: string, policy: pulumi.Input<object>) =>
            new aws.iam.Policy(
                `${name}-${kind}`,
                { name: policyName(args.scope, kind), description, policy: pulumi.jsonStringify(policy), tags },
                child,
            );
        const of = `stack ${args.scope.stack} of ${args.scope.project}`;
        const descriptions = {
            read: `Looks at ${of}`,
            "read-operations": `With read: looks at cost guard, alarms and trail of ${of}`,
            "read-serving": `With read: looks at API and page of ${of}`,
            operate: `With read: runs every runbook of ${of}`,
            deploy: `With read and operate: makes and destroys ${of}`,
            "deploy-operations": `With deploy: makes and destroys cost guard, notices and alarms of ${of}`,
            "deploy-audit": `With deploy: makes and destroys the trail of ${of}`,
            "deploy-serving": `With deploy: makes and destroys the API of ${of}`,
            "deploy-page": `With deploy: makes and destroys the page of ${of}`,
        };
        const boundary = managed("boundary", `The most that roles of ${of} can be allowed`, scope.apply(rolesBoundary));
        const policies = policyKinds.map(
            (kind) =>
                [
                    kind,
                    managed(
                        kind,
                        descriptions[kind],
                        scope.apply((known) => operatorPolicy(known, kind)),
                    ),
                ] as const,
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
        this.permissionSetPolicies = policyKinds.map((kind) => policyName(args.scope, kind));
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
                description: `One GitHub workflow operates stack ${scope.stack} of ${scope.project} by this role`,
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
