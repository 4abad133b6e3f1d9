import { isDeepStrictEqual } from "node:util";
import {
    type AccessRequest,
    assumeRole,
    evaluate,
    type Import,
    listOf,
    type PolicyDocument,
    personalizeService,
    roleReads,
    type Statement,
    serviceReads,
} from "policy-evaluator";
import {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    keyActions,
} from "../../../../iam/import-access.ts";
import { excepted, exceptedByResource } from "./exceptions.ts";

/**
 * Whole documents that allow an import. Statements are only added, and a denial only gets an exception for this import.
 * Nothing that a document allows or denies to others changes.
 */

const version = "2012-10-17";

/** Trust policy that also lets Personalize assume the role for this account. */
export function repairedTrust(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const request = assumeRole(of);
    return changed(present, {
        add: isAllowed([request], present, "resource") ? [] : listOf(executionRoleTrust(of).Statement),
        change: deniedBy([request], present, "resource"),
        into: (one) => excepted(one, of, { role: false, service: true }, "resource"),
    });
}

/** Policy of the role that also allows this import. */
export function repairedRolePolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    return changed(present, { add: listOf(executionRolePolicy(placeOf(of)).Statement) });
}

/** A role's policy whose denials leave out this import. Undefined: a denial names its resources. */
export function withoutImport(of: Import, present: PolicyDocument): PolicyDocument | undefined {
    const denials = deniedBy(roleReads(of), present, "identity");
    if (denials.size === 0) {
        return present;
    }
    return [...denials].every((one) => exceptedByResource(one, of) !== undefined)
        ? changed(present, { change: denials, into: (one) => exceptedByResource(one, of) ?? [one] })
        : undefined;
}

/** Bucket policy that also lets Personalize read this import, with exceptions for it in denials. */
export function repairedBucketPolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    const [role, service] = [roleReads(of), serviceReads(of)];
    const denials = { role: deniedBy(role, present, "resource"), service: deniedBy(service, present, "resource") };
    // The program's own policy also requires TLS. That would take access from the bucket's other callers.
    const reads = listOf(dataBucketPolicy(placeOf(of), of).Statement).filter(({ Effect }) => Effect === "Allow");
    return changed(present, {
        add: isAllowed(service, present, "resource") ? [] : reads,
        change: new Set([...denials.role, ...denials.service]),
        into: (one) =>
            excepted(one, of, { role: denials.role.has(one), service: denials.service.has(one) }, "resource"),
    });
}

/** The boundary that also allows the import's reads, with an exception for this role in denials. */
export function repairedBoundary(of: Import, present: PolicyDocument): PolicyDocument {
    const requests = roleReads(of);
    return changed(present, {
        add: isAllowed(requests, present, "identity") ? [] : listOf(executionRolePolicy(placeOf(of)).Statement),
        change: deniedBy(requests, present, "identity"),
        into: (one) => excepted(one, of, { role: true, service: false }, "identity"),
    });
}

/** The key policy that lets role and Personalize decrypt; the role by its current ARN. */
export function repairedKeyPolicy(of: Import, present: PolicyDocument | undefined): PolicyDocument {
    return changed(present, {
        add: [
            {
                Sid: "ExecutionRoleDecrypts",
                Effect: "Allow",
                Principal: { AWS: of.roleArn },
                Action: keyActions,
                Resource: "*",
            },
            {
                Sid: "PersonalizeDecrypts",
                Effect: "Allow",
                Principal: { Service: personalizeService },
                Action: keyActions,
                Resource: "*",
                Condition: { StringEquals: { "aws:SourceAccount": of.accountId } },
            },
        ],
    });
}

/** The policy that lets a caller pass the role, to Personalize only. */
export const passRolePolicy = ({ roleArn }: Import): PolicyDocument => ({
    Version: version,
    Statement: [
        {
            Sid: "PassToPersonalize",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: roleArn,
            Condition: { StringEquals: { "iam:PassedToService": personalizeService } },
        },
    ],
});

const placeOf = ({ partition, bucket, key }: Import) => ({ partition, bucketName: bucket, readPrefixes: [key] });

/** The denials of a document that apply to a request. */
export function deniedBy(
    requests: readonly AccessRequest[],
    document: PolicyDocument | undefined,
    kind: "identity" | "resource",
): ReadonlySet<Statement> {
    if (!document) return new Set();
    const statements = listOf(document.Statement);
    const applied = requests.flatMap((request) =>
        evaluate(request, [{ name: "", document }], kind).considered.filter(
            ({ effect, applies }) => effect === "Deny" && applies,
        ),
    );
    return new Set(applied.flatMap(({ index }) => statements[index] ?? []));
}

/** Whether a document allows all requests, its denials aside. */
function isAllowed(
    requests: readonly AccessRequest[],
    document: PolicyDocument | undefined,
    kind: "identity" | "resource",
): boolean {
    return (
        document !== undefined &&
        requests.every((request) =>
            evaluate(request, [{ name: "", document }], kind).considered.some(
                ({ effect, applies }) => effect === "Allow" && applies,
            ),
        )
    );
}

interface Edit {
    readonly add?: readonly Statement[];
    readonly change?: ReadonlySet<Statement>;
    readonly into?: (statement: Statement) => readonly Statement[];
}

/** A document with changed and added statements. Sids stay unique: a taken one gets a number. */
function changed(present: PolicyDocument | undefined, { add = [], change, into }: Edit): PolicyDocument {
    const kept = listOf(present?.Statement).flatMap((one) => (change?.has(one) && into ? into(one) : [one]));
    const added = add.filter((one) => !kept.some((other) => isDeepStrictEqual(anonymous(one), anonymous(other))));
    const taken = new Set<string>();
    const Statement = [...kept, ...added].map((one): Statement => {
        if (one.Sid === undefined) return one;
        let Sid = one.Sid;
        for (let number = 2; taken.has(Sid); number++) Sid = `${one.Sid}${number}`;
        taken.add(Sid);
        return { ...one, Sid };
    });
    return { ...(present ?? { Version: version }), Statement };
}

const anonymous = ({ Sid: _sid, ...rest }: Statement) => rest;
