import { type ConditionBlock, personalizeService, type Statement } from "policy-evaluator";
import { known, type ObjectFacts, type Snapshot } from "../../snapshot.ts";
import { seen, world } from "../support.ts";
import { document, roleArnOf, type World } from "../worlds/world.ts";

/** A mistake that public issues, threads or AWS's pages report, made in a sound import. */
export interface PublicCase {
    readonly name: string;
    readonly source: string;
    /** The situation of the source, in our words. */
    readonly words: string;
    readonly snapshot: Snapshot;
    /** What the first line must say; absent for an import that can read. */
    readonly says?: RegExp;
    /** `commands` end the fault; a pattern is the request to another person; or the verdict of what is not broken. */
    readonly ends: "commands" | "sound" | "unknown" | RegExp;
}

export const account = "000000000000";
export const roleArn = roleArnOf(world());
export const bucketArn = "arn:aws:s3:::films-test";
export const objects = `${bucketArn}/*`;
export const everything = [bucketArn, objects];
export const service = { Service: personalizeService };

export const bucketStatements = (of: World): Statement[] =>
    (JSON.parse(of.bucketPolicy ?? "{}") as { Statement: Statement[] }).Statement;

/** The sound import with other role policies. */
export const withRole = (...Statement: Statement[]): Snapshot =>
    seen({ ...world(), inline: { mine: document(...Statement) } });

/** The sound import, and one more statement in the role's policy. */
export const roleDenies = (statement: Omit<Statement, "Effect">): Snapshot =>
    seen({ ...world(), inline: { ...world().inline, guard: document({ Effect: "Deny", ...statement }) } });

export const list: Statement = { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn };
export const get: Statement = { Sid: "Get", Effect: "Allow", Action: "s3:GetObject", Resource: objects };

/** The sound import with another bucket policy. */
export const withBucket = (...Statement: Statement[]): Snapshot =>
    seen({ ...world(), bucketPolicy: JSON.stringify(document(...Statement)) });

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

/** The sound import, and a denial in the bucket policy. */
export const bucketDenies = (...given: Parameters<typeof denial>): Snapshot =>
    withBucket(...bucketStatements(world()), denial(...given));

export const trusting = (statement: Partial<Statement>): Snapshot =>
    seen({
        ...world(),
        trust: document({ Sid: "Trust", Effect: "Allow", Principal: service, Action: "sts:AssumeRole", ...statement }),
    });

/** The objects of a snapshot with other facts. */
export const withObjects = (snapshot: Snapshot, facts: Partial<ObjectFacts>): Snapshot => ({
    ...snapshot,
    objects: snapshot.objects.map((each) => ("is" in each ? { is: { ...each.is, ...facts } } : each)),
});

/** The objects as refused by S3 with this message. */
export const refused = (snapshot: Snapshot, message: string): Snapshot => ({
    ...snapshot,
    objects: [{ unread: `s3:GetObject is denied (AccessDenied: ${message})`, needs: "s3:GetObject" }],
});

/** The role as it is seen, with other facts. */
export const withRoleFacts = (snapshot: Snapshot, facts: object): Snapshot => {
    const role = known(snapshot.role);
    return role ? { ...snapshot, role: { is: { ...role, ...facts } } } : snapshot;
};
