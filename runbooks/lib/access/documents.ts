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

/** Whole documents that make an import possible, and keep of the present ones what has nothing to do with it. */

const version = "2012-10-17";

/** Personalize's trust, beside those statements that let somebody else become the role. */
export function mendedTrust(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const ours = executionRoleTrust(of);
    const denies = present ? denialsOf([assumeRole(of)], present, "resource") : new Set<Statement>();
    const others = listOf(present?.Statement).filter((one) => !denies.has(one) && !isForPersonalize(one));
    return { Version: version, Statement: [...listOf(ours.Statement), ...besides(others, ours)] };
}

/** Policy of the role for this import, beside those statements of `present` that are about something else. */
export function mendedRolePolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const others = present ? withoutDenials(of, present) : [];
    const [replaced, kept] = [others.filter((one) => readsOnly(one, of)), others.filter((one) => !readsOnly(one, of))];
    const ours = executionRolePolicy(placeOf(of, replaced));
    return { Version: version, Statement: [...listOf(ours.Statement), ...besides(kept, ours)] };
}

/** Statements of a role's policy but those that deny the import. */
export function withoutDenials(of: Import, present: PolicyDocument): Statement[] {
    const denies = denialsOf(roleReads(of), present, "identity");
    return listOf(present.Statement).filter((statement) => !denies.has(statement));
}

/**
 * The bucket's policy: Personalize's statements as they should be, denials that hit the import without hitting it, and
 * everything else as it is. Nobody else gets more than before.
 */
export function mendedBucketPolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
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

/** The boundary with what the import needs, and without what denies it. */
export function mendedBoundary(of: Import, present: PolicyDocument): PolicyDocument {
    const ours = executionRolePolicy(placeOf(of, []));
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

/** What is to be read: this import's key, and every prefix that the replaced statements gave: other imports use those. */
function placeOf({ partition, bucket, key }: Import, replaced: readonly Statement[]) {
    const start = `arn:${partition}:s3:::${bucket}/`;
    const given = replaced
        .flatMap(({ Resource }) => listOf(Resource))
        .filter((resource) => resource.startsWith(start))
        .map((resource) => resource.slice(start.length).replace(/\*$/, ""));
    const covered = given.some((prefix) => key.startsWith(prefix));
    return { partition, bucketName: bucket, readPrefixes: [...new Set([...given, ...(covered ? [] : [key])])] };
}

/** A statement that allows the reads of an import, and only those, and names no other bucket. */
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

/** A statement that lets Personalize read, rightly or wrongly. */
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

/** Statements beside ours; one with a Sid of ours, which may stand once only, keeps its effect and loses its name. */
function besides(statements: readonly Statement[], ours: PolicyDocument): Statement[] {
    const own = listOf(ours.Statement);
    return statements.flatMap((statement): Statement[] => {
        const twin = own.find(({ Sid }) => Sid !== undefined && Sid === statement.Sid);
        if (!twin) return [statement];
        const { Sid: _taken, ...rest } = statement;
        return isDeepStrictEqual(twin, statement) ? [] : [rest];
    });
}
