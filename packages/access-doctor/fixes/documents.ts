import { isDeepStrictEqual } from "node:util";
import {
    dataBucketPolicy,
    executionRolePolicy,
    type Import,
    keyActions,
    type PolicyDocument,
    type Principals,
    personalizeService,
    type Statement,
    toList,
} from "policy-evaluator";
import { visible } from "terminal-text";
import { isFolder } from "../data-file/names.ts";

/**
 * The least-privilege statements that the Developer Guide documents for an import, and functions that add them to a
 * policy. Existing statements stay unchanged.
 */

/** Returns the place of the import's data, for the functions that create its policies. */
export const toDataPlace = ({ partition, bucket, key }: Import) => ({
    partition,
    bucketName: bucket,
    readPrefixes: [key],
});

/** Returns the statements for the import's object alone, or for all objects of its folder. */
const forLocation = ({ key }: Import, statements: PolicyDocument["Statement"]): Statement[] =>
    toList(statements).map((one) =>
        isFolder(key) || typeof one.Resource !== "string" ? one : { ...one, Resource: one.Resource.replace(/\*$/, "") },
    );

/** Returns the statements that allow the role to list the bucket and read the import's objects. */
export const roleStatements = (of: Import) => forLocation(of, executionRolePolicy(toDataPlace(of)).Statement);

/**
 * Returns the bucket policy statements that allow Personalize to list and read. The program's own policy also requires
 * TLS.
 */
export const bucketStatements = (of: Import) =>
    forLocation(of, dataBucketPolicy(toDataPlace(of), of).Statement).filter(({ Effect }) => Effect === "Allow");

/** Returns the key policy statements that allow the role and Personalize to decrypt. */
export const keyStatements = ({ roleArn, accountId }: Import): Statement[] => {
    const use = { Action: keyActions, Resource: "*" } as const;
    const Condition = { StringEquals: { "aws:SourceAccount": accountId } };
    return [
        { Sid: "ExecutionRoleDecrypts", Effect: "Allow", Principal: { AWS: roleArn }, ...use },
        { Sid: "PersonalizeDecrypts", Effect: "Allow", Principal: { Service: personalizeService }, ...use, Condition },
    ];
};

/** Returns the statement that allows a caller to pass the role, to Personalize only. */
export const passStatement = ({ roleArn: Resource }: Import): Statement => {
    const Condition = { StringEquals: { "iam:PassedToService": personalizeService } };
    return { Sid: "PassToPersonalize", Effect: "Allow", Action: "iam:PassRole", Resource, Condition };
};

/** Adds statements to a document. If a Sid already exists, appends a number to the new Sid. */
export function withStatements(present: PolicyDocument | undefined, add: readonly Statement[]): PolicyDocument {
    const kept = toList(present?.Statement);
    const isPresent = (one: Statement) =>
        kept.some((other) => isDeepStrictEqual({ ...one, Sid: "" }, { ...other, Sid: "" }));
    const taken = new Set(kept.map(({ Sid }) => Sid));
    const added = add
        .filter((one) => !isPresent(one))
        .map((one) => {
            let Sid = one.Sid;
            for (let number = 2; taken.has(Sid); number++) Sid = `${one.Sid}${number}`;
            return { ...one, ...(Sid !== undefined && { Sid }) };
        });
    return { ...(present ?? { Version: "2012-10-17" }), Statement: [...kept, ...added] };
}

/**
 * Pattern of the unique id that AWS shows in place of a deleted role or user. AWS rejects a document that contains such
 * an id.
 */
const isDeleted = (name: string) => /^A(ROA|IDA)[A-Z0-9]{10,}$/.test(name);

/**
 * Removes deleted principals from a document. Returns undefined if a Deny contains one, because an undo could not
 * restore this statement.
 */
export function storable(document: PolicyDocument): PolicyDocument | undefined {
    const namesDeleted = (named: Statement["Principal"]) =>
        typeof named === "object" && toList(named.AWS).some(isDeleted);
    const statements = toList(document.Statement);
    const cannotBeRestored = ({ Effect, Principal, NotPrincipal }: Statement) =>
        namesDeleted(NotPrincipal) || (Effect === "Deny" && namesDeleted(Principal));
    if (statements.some(cannotBeRestored)) return undefined;
    const kept = statements.flatMap((statement) => {
        const { Principal } = statement;
        if (typeof Principal !== "object" || !namesDeleted(Principal)) return [statement];
        const { AWS, ...others } = Principal;
        const left = toList(AWS).filter((name) => !isDeleted(name));
        const named: Principals = { ...others, ...(left.length > 0 && { AWS: left }) };
        return Object.keys(named).length > 0 ? [{ ...statement, Principal: named }] : [];
    });
    return { ...document, Statement: kept };
}

/** Returns the statements of a document that somebody else added to the caller's declared ones, by Sid. */
export function findForeignSids(present: PolicyDocument | undefined, declared: PolicyDocument | undefined): string[] {
    const ours = new Set(toList(declared?.Statement).map(({ Sid }) => Sid));
    return toList(present?.Statement).flatMap(({ Sid }) => (ours.has(Sid) ? [] : [visible(Sid ?? "a statement")]));
}
