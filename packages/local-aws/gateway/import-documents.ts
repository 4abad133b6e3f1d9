import {
    GetPolicyCommand,
    GetPolicyVersionCommand,
    GetRoleCommand,
    GetRolePolicyCommand,
    type IAMClient,
    ListAttachedRolePoliciesCommand,
    ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { GetBucketLocationCommand, GetBucketPolicyCommand, type S3Client } from "@aws-sdk/client-s3";
import { type NamedPolicy, type PolicyDocument, parsePolicy, sizeLimits } from "policy-evaluator";
import { unlessGone } from "../unless-gone.ts";

export interface RoleDocuments {
    readonly roleId: string;
    readonly trust: PolicyDocument;
    readonly policies: readonly NamedPolicy[];
    readonly boundary: readonly NamedPolicy[] | undefined;
}

/** MiniStack's documents of a role; undefined for an unknown ARN. */
export async function roleDocuments(iam: IAMClient, roleArn: string): Promise<RoleDocuments | undefined> {
    const RoleName = roleArn.split("/").at(-1);
    const found = await unlessGone(iam.send(new GetRoleCommand({ RoleName })), "NoSuchEntityException");
    const role = found?.Role;
    if (!role || role.Arn !== roleArn) {
        return undefined;
    }
    const boundaryArn = role.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
        roleId: role.RoleId ?? "",
        trust: parse(role.AssumeRolePolicyDocument),
        policies: await policiesOf(iam, RoleName as string),
        boundary: boundaryArn ? [await managed(iam, boundaryArn, "permissions boundary")] : undefined,
    };
}

async function policiesOf(iam: IAMClient, RoleName: string): Promise<NamedPolicy[]> {
    const inline = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return Promise.all([
        ...(inline.PolicyNames ?? []).map(async (PolicyName) => {
            const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
            return { name: `role policy ${PolicyName}`, document: parse(PolicyDocument) };
        }),
        ...(attached.AttachedPolicies ?? []).map(({ PolicyArn = "", PolicyName }) =>
            managed(iam, PolicyArn, `managed policy ${PolicyName}`),
        ),
    ]);
}

async function managed(iam: IAMClient, PolicyArn: string, name: string): Promise<NamedPolicy> {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const version = new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId });
    const { PolicyVersion } = await iam.send(version);
    return { name, document: parse(PolicyVersion?.Document) };
}

/** The bucket's policy; empty without one, or for an invalid one: AWS refuses to store such a text. */
export async function bucketPoliciesOf(s3: S3Client, Bucket: string): Promise<NamedPolicy[]> {
    const command = new GetBucketPolicyCommand({ Bucket });
    const found = await unlessGone(s3.send(command), "NoSuchBucketPolicy", "NoSuchBucket");
    const read = parsePolicy(found?.Policy ?? "", "resource", sizeLimits.bucketPolicy);
    return "document" in read ? [{ name: "bucket policy", document: read.document }] : [];
}

/** The region of a bucket; undefined for an unknown bucket. */
export async function bucketRegionOf(s3: S3Client, Bucket: string): Promise<string | undefined> {
    const found = await unlessGone(s3.send(new GetBucketLocationCommand({ Bucket })), "NoSuchBucket");
    return found && (found.LocationConstraint || "us-east-1");
}

const parse = (document: string | undefined) => JSON.parse(decodeURIComponent(document ?? "{}")) as PolicyDocument;
