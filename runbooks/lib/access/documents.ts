import { isDeepStrictEqual } from "node:util";
import {
    type AccessRequest,
    assumeRole,
    type ConditionBlock,
    evaluate,
    type Import,
    listOf,
    type PolicyDocument,
    personalizeService,
    roleReads,
    type Statement,
    serviceReads,
} from "policy-evaluator";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "../../../iam/import-access.ts";
import { staleIds } from "./why.ts";

/** Whole documents that allow an import, and keep those existing statements that do not concern it. */

const version = "2012-10-17";

/** Trust policy with Personalize's statements, and the existing statements for other principals. */
export function repairedTrust(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const ours = executionRoleTrust(of);
    const denies = present ? denialsOf([assumeRole(of)], present, "resource") : new Set<Statement>();
    const others = listOf(present?.Statement).filter((one) => !denies.has(one) && !isForPersonalize(one));
    return { Version: version, Statement: [...listOf(ours.Statement), ...besides(others, ours)] };
}

/** Policy of the role for this import, with those statements of `present` that concern other things. */
export function repairedRolePolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const others = present ? withoutDenials(of, present) : [];
    const [replaced, kept] = [others.filter((one) => readsOnly(one, of)), others.filter((one) => !readsOnly(one, of))];
    const ours = executionRolePolicy(placeOf(of, replaced));
    return { Version: version, Statement: [...listOf(ours.Statement), ...besides(kept, ours)] };
}

/** Statements of a role's policy without those that deny the import. */
export function withoutDenials(of: Import, present: PolicyDocument): Statement[] {
    const denies = denialsOf(roleReads(of), present, "identity");
    return listOf(present.Statement).filter((statement) => !denies.has(statement));
}

/**
 * Bucket policy with Personalize's correct statements. Denials that affect the import get an exception for it; all
 * other statements stay unchanged. No other principal gets more access.
 */
export function repairedBucketPolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const denies = present
        ? denialsOf([...roleReads(of), ...serviceReads(of)], present, "resource")
        : new Set<Statement>();
    const statements = listOf(present?.Statement);
    const ours = dataBucketPolicy(
        placeOf(
            of,
            statements.filter((one) => isMeant(one)),
        ),
        of,
    );
    const kept = statements
        .filter((one) => !isMeant(one))
        .flatMap((one) => (denies.has(one) ? (spared(one, of) ?? []) : [one]));
    return { Version: version, Statement: [...listOf(ours.Statement), ...besides(kept, ours)] };
}

/** The boundary with the import's permissions added and its denials removed. */
export function repairedBoundary(of: Import, present: PolicyDocument): PolicyDocument {
    const ours = executionRolePolicy(placeOf(of, []));
    const kept = withoutDenials(of, present).filter(
        ({ Sid }) => !listOf(ours.Statement).some((one) => one.Sid === Sid),
    );
    return { Version: version, Statement: [...kept, ...listOf(ours.Statement)] };
}

/** The key policy that lets role and Personalize decrypt; the role by its current ARN. */
export function repairedKeyPolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
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

/**
 * Readable prefixes: this import's key, and every prefix of the replaced statements, because other imports use them.
 */
function placeOf({ partition, bucket, key }: Import, replaced: readonly Statement[]) {
    const start = `arn:${partition}:s3:::${bucket}/`;
    const given = replaced
        .flatMap(({ Resource }) => listOf(Resource))
        .filter((resource) => resource.startsWith(start))
        .map((resource) => resource.slice(start.length).replace(/\*$/, ""));
    const covered = given.some((prefix) => key.startsWith(prefix));
    return { partition, bucketName: bucket, readPrefixes: [...new Set([...given, ...(covered ? [] : [key])])] };
}

/** Whether a statement allows only reads of an import, and names no other bucket. */
function readsOnly({ Effect, Action, Resource }: Statement, { bucket }: Import): boolean {
    const ours = new RegExp(`^arn:[^:]*:s3:::${bucket.replaceAll(".", "\\.")}(/|$)`);
    return (
        Effect === "Allow" &&
        listOf(Action).every(isRead) &&
        Action !== undefined &&
        listOf(Resource).every((one) => ours.test(one))
    );
}

const isForPersonalize = ({ Effect, Principal }: Statement) =>
    Effect === "Allow" && typeof Principal === "object" && [Principal.Service].flat().join() === personalizeService;

/** Whether a statement is meant to let Personalize read, correctly or not. */
const isMeant = (statement: Statement) =>
    isForPersonalize(statement) && statement.Action !== undefined && listOf(statement.Action).every(isRead);

function denialsOf(
    requests: readonly AccessRequest[],
    document: PolicyDocument,
    kind: "identity" | "resource",
): Set<Statement> {
    const statements = listOf(document.Statement);
    const applied = requests.flatMap((request) =>
        evaluate(request, [{ name: "", document }], kind).considered.filter(
            ({ effect, applies }) => effect === "Deny" && applies,
        ),
    );
    return new Set(applied.flatMap(({ index }) => statements[index] ?? []));
}

/**
 * A denial with an exception for the role and for AWS services; undefined for a TLS rule, because a correct one exists.
 */
function spared(statement: Statement, of: Import): Statement | undefined {
    const { Condition = {} } = statement;
    const keys = Object.values(Condition).flatMap((block) => Object.keys(block).map((key) => key.toLowerCase()));
    if (keys.includes("aws:securetransport")) {
        return undefined;
    }
    const repaired = JSON.parse(
        staleIds(JSON.stringify(Condition), of.roleId).reduce(
            (text, id) => text.replaceAll(id, of.roleId ?? id),
            JSON.stringify(Condition),
        ),
    ) as ConditionBlock;
    return {
        ...statement,
        Condition: {
            ...repaired,
            Bool: { ...repaired.Bool, "aws:PrincipalIsAWSService": "false" },
            ArnNotLike: { ...repaired.ArnNotLike, "aws:PrincipalArn": of.roleArn },
        },
    };
}

/** Statements to keep beside ours. One with a Sid of ours loses its Sid, because a Sid must be unique. */
function besides(statements: readonly Statement[], ours: PolicyDocument): Statement[] {
    const own = listOf(ours.Statement);
    return statements.flatMap((statement): Statement[] => {
        const twin = own.find(({ Sid }) => Sid !== undefined && Sid === statement.Sid);
        if (!twin) return [statement];
        const { Sid: _taken, ...rest } = statement;
        return isDeepStrictEqual(twin, statement) ? [] : [rest];
    });
}
