import type { STS } from "@aws-sdk/client-sts";
import { type PolicyDocument, type Statement, toList } from "policy-evaluator";
import { localAccountId, localPartition } from "../../packages/local-aws/instance.ts";
import type { TestAws } from "../support/local-aws.ts";

let sessionCount = 0;

/**
 * Creates a role whose policy has only these statements, and runs `work` with the credentials of a session of the role.
 */
export async function bySession<T>(
    { iam, sts }: Pick<TestAws, "iam"> & { readonly sts: STS },
    statements: readonly Statement[],
    work: (keys: { accessKeyId: string; secretAccessKey: string; sessionToken: string }) => Promise<T>,
): Promise<T> {
    sessionCount += 1;
    const RoleName = `session-${process.pid}-${sessionCount}`;
    const document = (Statement: readonly Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
    const us = {
        Effect: "Allow",
        Principal: { AWS: `arn:${localPartition}:iam::${localAccountId}:root` },
        Action: "sts:AssumeRole",
    } as const;
    const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: document([us]) });
    const policy = { RoleName, PolicyName: "work" };
    await iam.putRolePolicy({ ...policy, PolicyDocument: document(statements) });
    const { Credentials } = await sts.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: "run" });
    try {
        return await work({
            accessKeyId: Credentials?.AccessKeyId ?? "",
            secretAccessKey: Credentials?.SecretAccessKey ?? "",
            sessionToken: Credentials?.SessionToken ?? "",
        });
    } finally {
        await iam.deleteRolePolicy(policy);
        await iam.deleteRole({ RoleName });
    }
}

/** Returns each pair of action and resource that a policy allows, with the policy's statements without this pair. */
export function createRemovals(document: PolicyDocument) {
    const all = toList(document.Statement);
    return all.flatMap((statement) =>
        toList(statement.Action).flatMap((action) =>
            toList(statement.Resource).map((resource) => {
                const { Action, Resource } = statement;
                const left = [
                    { ...statement, Action: toList(Action).filter((one) => one !== action) },
                    { ...statement, Action: action, Resource: toList(Resource).filter((one) => one !== resource) },
                ].filter((one) => toList(one.Action).length > 0 && toList(one.Resource).length > 0);
                const rest = all.filter((one) => one !== statement);
                // Omit the Sids, because IAM rejects two statements with the same Sid.
                return { action, resource, statements: [...rest, ...left].map(({ Sid: _, ...one }) => one) };
            }),
        ),
    );
}
