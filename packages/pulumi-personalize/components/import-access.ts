import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type PolicyDocument,
    type ServiceCaller,
} from "policy-evaluator";
import { computeAccessHash } from "../dataset-import-job.ts";

export interface ImportAccessArgs {
    /** Name of the bucket with the data. */
    readonly bucketName: pulumi.Input<string>;
    /** Object keys, or prefixes of keys, that Personalize may read. Default: all objects of the bucket. */
    readonly readPrefixes?: pulumi.Input<readonly string[]> | undefined;
    /** Prefix of the keys to which Personalize may write results of batch jobs. Default: it may not write. */
    readonly writePrefix?: pulumi.Input<string> | undefined;
    /**
     * ARN of the KMS key that encrypts the bucket, whose key policy must allow the service. Default: S3 managed keys.
     */
    readonly kmsKeyArn?: pulumi.Input<string> | undefined;
    /** Name of the role. Default: a name that Pulumi generates. */
    readonly roleName?: string | undefined;
    /** ARN of the role's permissions boundary. Default: none. */
    readonly permissionsBoundary?: pulumi.Input<string> | undefined;
    /** Tags of the role. Default: none. */
    readonly tags?: Readonly<Record<string, string>> | undefined;
    /**
     * Whether the component sets the bucket's policy. A bucket has only one policy: with false, the program adds the
     * statements of `bucketPolicy` to it. Default: true.
     */
    readonly setBucketPolicy?: boolean | undefined;
    /**
     * Whether the bucket's policy has the conditions `aws:SourceAccount` and `aws:SourceArn`, which limit the service
     * to resources of the account. The role's trust policy always has them. Default: true.
     */
    readonly bucketPolicyConditions?: boolean | undefined;
    /**
     * Account, partition and region of the Personalize resources. Default: account, partition and region of the AWS
     * provider.
     */
    readonly caller?: pulumi.Input<ServiceCaller> | undefined;
}

/**
 * Gives Amazon Personalize access to the data in a bucket: a role that only Personalize resources of this account can
 * use, its permissions for the bucket, and the bucket's policy, which also requires TLS.
 */
export class ImportAccess extends pulumi.ComponentResource {
    /**
     * ARN of the role. Known only after all policies are created, so that resources with this role are created after
     * them.
     */
    public readonly roleArn: pulumi.Output<string>;
    /** The bucket's policy document. */
    public readonly bucketPolicy: pulumi.Output<PolicyDocument>;
    /**
     * Hash of all policy documents, for the input `accessHash` of imports: soon after a change, an import without
     * access is repeated once.
     */
    public readonly accessHash: pulumi.Output<string>;

    /** @param type the type of the component in Pulumi's state, for a subclass in a program */
    constructor(
        name: string,
        args: ImportAccessArgs,
        opts?: pulumi.ComponentResourceOptions,
        type = "pulumi-personalize:components:ImportAccess",
    ) {
        super(type, name, {}, opts);
        const child = { parent: this };
        const { bucketName, roleName, permissionsBoundary, tags } = args;
        const caller = pulumi.output(args.caller ?? resolveCaller(this));
        const place = pulumi.all([bucketName, args.readPrefixes, args.writePrefix, args.kmsKeyArn]);
        const documents = pulumi
            .all([caller, place])
            .apply(([caller, [bucketName, readPrefixes = [""], writePrefix, kmsKeyArn]]) => {
                const { partition } = caller;
                const place = { partition, bucketName, readPrefixes, writePrefix, kmsKeyArn };
                const trust = executionRoleTrust(caller);
                const permissions = executionRolePolicy(place);
                const bucketPolicy = dataBucketPolicy(place, caller, args.bucketPolicyConditions);
                const accessHash = computeAccessHash([bucketPolicy, permissions, trust]);
                return { trust, permissions, bucketPolicy, accessHash };
            });
        const role = new aws.iam.Role(
            name,
            {
                ...(roleName !== undefined && { name: roleName }),
                description: "Amazon Personalize uses this role to read the interactions",
                assumeRolePolicy: pulumi.jsonStringify(documents.trust),
                // A policy that a user attached, or that an interrupted `up` created without recording it, would keep
                // AWS from deleting the role.
                forceDetachPolicies: true,
                ...(tags && { tags }),
                ...(permissionsBoundary && { permissionsBoundary }),
            },
            child,
        );
        const rolePolicy = new aws.iam.RolePolicy(
            name,
            { name: "read-interactions", role: role.name, policy: pulumi.jsonStringify(documents.permissions) },
            child,
        );
        const set =
            (args.setBucketPolicy ?? true)
                ? new aws.s3.BucketPolicy(
                      name,
                      { bucket: bucketName, policy: pulumi.jsonStringify(documents.bucketPolicy) },
                      child,
                  )
                : undefined;
        // If a role is replaced, its outputs are unknown at preview. The ARN of a role with a given name is known.
        const arn =
            roleName === undefined
                ? role.arn
                : caller.apply(({ partition, accountId }) => `arn:${partition}:iam::${accountId}:role/${roleName}`);
        this.roleArn = pulumi.all([arn, role.urn, rolePolicy.urn, set?.urn]).apply(([arn]) => arn);
        this.bucketPolicy = documents.bucketPolicy;
        this.accessHash = documents.accessHash;
        this.registerOutputs({ roleArn: this.roleArn });
    }
}

/** Returns the account, the partition and the region of a component's AWS provider. */
function resolveCaller(parent: pulumi.Resource): pulumi.Output<ServiceCaller> {
    const asChild = { parent };
    return pulumi
        .all([
            aws.getPartitionOutput({}, asChild),
            aws.getRegionOutput({}, asChild),
            aws.getCallerIdentityOutput({}, asChild),
        ])
        .apply(([{ partition }, { region }, { accountId }]) => ({ partition, region, accountId }));
}
