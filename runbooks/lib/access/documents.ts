import { type ConditionBlock, listOf, type PolicyDocument, type Statement } from "../../../iam/document.ts";
import { evaluate } from "../../../iam/evaluate.ts";
import {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    personalizeService,
} from "../../../iam/import-access.ts";
import { type Import, roleReads, serviceReads } from "../../../iam/import-requests.ts";
import { candidatesOf, closestOf } from "./parts.ts";
import { staleIds } from "./why.ts";

/** Whole documents that make an import possible, and keep of the present ones what has nothing to do with it. */

const version = "2012-10-17";

export const mendedTrust = (of: Import): PolicyDocument => executionRoleTrust(of);

/** Policy of the role for this import, beside those statements of `present` that are about something else. */
export function mendedRolePolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const ours = executionRolePolicy({ partition: of.partition, bucketName: of.bucket, readPrefixes: [of.key] });
    const others = listOf(present?.Statement).filter(
        (statement) => statement.Effect === "Allow" && !listOf(statement.Action).some(isRead) && !statement.NotAction,
    );
    return { Version: version, Statement: [...listOf(ours.Statement), ...apart(others, ours)] };
}

/** Statements of a role's inline policy but those that deny the import. */
export function withoutDenials(of: Import, present: PolicyDocument): Statement[] {
    const denies = denialsOf(of, present, "identity");
    return listOf(present.Statement).filter((statement) => !denies.has(statement));
}

/**
 * The bucket's policy: Personalize's statements as they should be, denials that hit the import without hitting it, and
 * everything else as it is. Nobody else gets more than before.
 */
export function mendedBucketPolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const place = { partition: of.partition, bucketName: of.bucket, readPrefixes: [of.key] };
    const ours = dataBucketPolicy(place, of);
    const denies = present ? denialsOf(of, present, "resource") : new Set<Statement>();
    const kept = listOf(present?.Statement).flatMap((statement): Statement[] => {
        if (denies.has(statement)) {
            const sparing = spared(statement, of);
            return sparing ? [sparing] : [];
        }
        return isMeant(statement, of) ? [] : [statement];
    });
    return { Version: version, Statement: [...listOf(ours.Statement), ...apart(kept, ours)] };
}

/** The boundary with what the import needs, and without what denies it. */
export function mendedBoundary(of: Import, present: PolicyDocument): PolicyDocument {
    const ours = executionRolePolicy({ partition: of.partition, bucketName: of.bucket, readPrefixes: [of.key] });
    const kept = withoutDenials(of, present).filter(
        ({ Sid }) => !listOf(ours.Statement).some((one) => one.Sid === Sid),
    );
    return { Version: version, Statement: [...kept, ...listOf(ours.Statement)] };
}

/** The key's policy with the two that decrypt, the role by its ARN of today. */
export function mendedKeyPolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const actions = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"];
    const ours: Statement[] = [
        {
            Sid: "ExecutionRoleDecrypts",
            Effect: "Allow",
            Principal: { AWS: of.roleArn },
            Action: actions,
            Resource: "*",
        },
        {
            Sid: "PersonalizeDecrypts",
            Effect: "Allow",
            Principal: { Service: personalizeService },
            Action: actions,
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": of.accountId } },
        },
    ];
    const kept = listOf(present?.Statement).filter(
        (statement) =>
            !ours.some(({ Sid }) => Sid === statement.Sid) &&
            staleIds(JSON.stringify(statement), of.roleId).length === 0,
    );
    return { Version: version, Statement: [...kept, ...ours] };
}

const isRead = (action: string) => /^s3:(getobject|listbucket)$/i.test(action);

/** A statement that was meant for Personalize, or for this very import with something wrong in it. */
function isMeant(statement: Statement, of: Import): boolean {
    if (statement.Effect !== "Allow") return false;
    const { Principal } = statement;
    if (typeof Principal === "object" && listOf(Principal.Service).includes(personalizeService)) {
        // What lets it write is no part of an import.
        return listOf(statement.Action).every(isRead);
    }
    const [list] = serviceReads(of);
    const closest =
        list &&
        closestOf(
            candidatesOf(list, [{ name: "", document: { Version: version, Statement: [statement] } }], "resource"),
        );
    const isService = typeof Principal === "object" && Principal.Service !== undefined;
    return isService && closest?.mismatches.length === 1 && closest.mismatches[0]?.part === "principal";
}

function denialsOf(of: Import, document: PolicyDocument, kind: "identity" | "resource"): Set<Statement> {
    const requests = kind === "identity" ? roleReads(of) : [...roleReads(of), ...serviceReads(of)];
    const statements = listOf(document.Statement);
    const applied = requests.flatMap((request) =>
        evaluate(request, [{ name: "", document }], kind).considered.filter(
            ({ effect, applies }) => effect === "Deny" && applies,
        ),
    );
    return new Set(applied.flatMap(({ index }) => statements[index] ?? []));
}

/** A denial that spares the role and the services; none for one of TLS, of which there is a right one already. */
function spared(statement: Statement, of: Import): Statement | undefined {
    const { Condition = {} } = statement;
    const keys = Object.values(Condition).flatMap((block) => Object.keys(block).map((key) => key.toLowerCase()));
    if (keys.includes("aws:securetransport")) {
        return undefined;
    }
    const mended = JSON.parse(
        staleIds(JSON.stringify(Condition), of.roleId).reduce(
            (text, id) => text.replaceAll(id, of.roleId ?? id),
            JSON.stringify(Condition),
        ),
    ) as ConditionBlock;
    return {
        ...statement,
        Condition: {
            ...mended,
            Bool: { ...mended.Bool, "aws:PrincipalIsAWSService": "false" },
            ArnNotLike: { ...mended.ArnNotLike, "aws:PrincipalArn": of.roleArn },
        },
    };
}

/** Statements whose Sid none of `ours` has: ours stand in their place. */
function apart(statements: readonly Statement[], ours: PolicyDocument): Statement[] {
    const sids = new Set(listOf(ours.Statement).map(({ Sid }) => Sid));
    return statements.filter(({ Sid }) => Sid === undefined || !sids.has(Sid));
}
