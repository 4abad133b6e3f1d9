import { type ConditionBlock, personalizeService, type Statement } from "policy-evaluator";
import { known, type ObjectFacts, type Snapshot } from "../../snapshot.ts";
import { document, type ImportFixture, roleArnOf } from "../fixtures/import-fixture.ts";
import { createFixture, seen } from "../support.ts";

/** A mistake from public issues, threads or AWS's pages, applied to a working import. */
export interface PublicCase {
    readonly name: string;
    readonly source: string;
    /** The situation that the source describes, in our words. */
    readonly words: string;
    readonly snapshot: Snapshot;
    /** Expected first line; absent for an import that can read its data. */
    readonly says?: RegExp;
    /** Expected fix: `commands` if commands fix the fault; a pattern for a request to another person; a verdict if nothing is broken. */
    readonly ends: "commands" | "sound" | "unknown" | RegExp;
    /** What the diagnosis says instead, for a case that it does not explain yet; the spec fails once it does. */
    readonly notYet?: string;
}

export const account = "000000000000";
export const roleArn = roleArnOf(createFixture());
export const bucketArn = "arn:aws:s3:::films-test";
export const objects = `${bucketArn}/*`;
export const everything = [bucketArn, objects];
export const service = { Service: personalizeService };

export const bucketStatements = (of: ImportFixture): Statement[] =>
    (JSON.parse(of.bucketPolicy ?? "{}") as { Statement: Statement[] }).Statement;

/** The working import with other role policies. */
export const withRole = (...Statement: Statement[]): Snapshot =>
    seen({ ...createFixture(), inline: { mine: document(...Statement) } });

/** The working import with one more statement in the role's policy. */
export const roleDenies = (statement: Omit<Statement, "Effect">): Snapshot =>
    seen({
        ...createFixture(),
        inline: { ...createFixture().inline, guard: document({ Effect: "Deny", ...statement }) },
    });

export const list: Statement = { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn };
export const get: Statement = { Sid: "Get", Effect: "Allow", Action: "s3:GetObject", Resource: objects };

/** The working import with another bucket policy. */
export const withBucket = (...Statement: Statement[]): Snapshot =>
    seen({ ...createFixture(), bucketPolicy: JSON.stringify(document(...Statement)) });

/** A statement of a bucket policy that denies all of S3 under a condition. */
export const denial = (Condition: ConditionBlock | undefined, more: Partial<Statement> = {}): Statement => ({
    Sid: "Guard",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: everything,
    ...(Condition && { Condition }),
    ...more,
});

/** The working import with one Deny statement in the bucket policy. */
export const bucketDenies = (...given: Parameters<typeof denial>): Snapshot =>
    withBucket(...bucketStatements(createFixture()), denial(...given));

export const trusting = (statement: Partial<Statement>): Snapshot =>
    seen({
        ...createFixture(),
        trust: document({ Sid: "Trust", Effect: "Allow", Principal: service, Action: "sts:AssumeRole", ...statement }),
    });

/** Changes facts of a snapshot's objects. */
export const withObjects = (snapshot: Snapshot, facts: Partial<ObjectFacts>): Snapshot => ({
    ...snapshot,
    objects: snapshot.objects.map((each) => ("is" in each ? { is: { ...each.is, ...facts } } : each)),
});

/** Replaces the objects with S3's access error with this message. */
export const refused = (snapshot: Snapshot, message: string): Snapshot => ({
    ...snapshot,
    objects: [{ unread: `s3:GetObject is denied (AccessDenied: ${message})`, needs: "s3:GetObject" }],
});

/** Changes facts of a snapshot's role. */
export const withRoleFacts = (snapshot: Snapshot, facts: object): Snapshot => {
    const role = known(snapshot.role);
    return role ? { ...snapshot, role: { is: { ...role, ...facts } } } : snapshot;
};
