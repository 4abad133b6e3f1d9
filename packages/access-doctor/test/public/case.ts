import { type ConditionBlock, personalizeService, type Statement } from "policy-evaluator";
import type { ObjectFacts, Snapshot } from "../../snapshot.ts";
import { document, type ImportFixture, roleArnOf } from "../fixtures/import-fixture.ts";
import { createFixture, fixtureSnapshot } from "../support.ts";

/** A mistake that was reported in a public issue, a forum or on AWS's pages, applied to a working import. */
export interface PublicCase {
    readonly name: string;
    readonly source: string;
    readonly snapshot: Snapshot;
    /** Pattern of the expected cause; absent for an import that can read its data. */
    readonly says?: RegExp;
    /**
     * Expected fix: `commands` if commands fix the fault, or a pattern of the request to a person. If nothing is
     * broken, the expected verdict.
     */
    readonly ends: "commands" | "sound" | "unknown" | RegExp;
    /**
     * For a case that the diagnosis does not explain yet: what the diagnosis says instead. The test fails as soon as
     * the diagnosis explains the case.
     */
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

/** Returns the working import, but with the given statements as the role's only policy. */
export const withRole = (...Statement: Statement[]): Snapshot =>
    fixtureSnapshot({ ...createFixture(), inline: { mine: document(...Statement) } });

export const list: Statement = { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn };
export const get: Statement = { Sid: "Get", Effect: "Allow", Action: "s3:GetObject", Resource: objects };

/** Returns the working import, but with the given statements as the bucket policy. */
export const withBucket = (...Statement: Statement[]): Snapshot =>
    fixtureSnapshot({ ...createFixture(), bucketPolicy: JSON.stringify(document(...Statement)) });

/** Returns a statement of a bucket policy that denies all actions of S3 under a condition. */
export const denial = (Condition: ConditionBlock | undefined, more: Partial<Statement> = {}): Statement => ({
    Sid: "Guard",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: everything,
    ...(Condition && { Condition }),
    ...more,
});

/** Returns the working import with an additional Deny in the bucket policy. */
export const bucketDenies = (...given: Parameters<typeof denial>): Snapshot =>
    withBucket(...bucketStatements(createFixture()), denial(...given));

export const trusting = (statement: Partial<Statement>): Snapshot =>
    fixtureSnapshot({
        ...createFixture(),
        trust: document({ Sid: "Trust", Effect: "Allow", Principal: service, Action: "sts:AssumeRole", ...statement }),
    });

/** Returns the snapshot with other facts about all its objects. */
export const withObjects = (snapshot: Snapshot, facts: Partial<ObjectFacts>): Snapshot => ({
    ...snapshot,
    objects: snapshot.objects.map((each) => ("is" in each ? { is: { ...each.is, ...facts } } : each)),
});

/** Returns the snapshot with an access error of S3 in place of the objects. */
export const refused = (snapshot: Snapshot, message: string): Snapshot => ({
    ...snapshot,
    objects: [{ unread: `s3:GetObject is denied (AccessDenied: ${message})`, needs: "s3:GetObject" }],
});
