import type { ConditionBlock, PolicyDocument, Statement } from "policy-evaluator";
import { bucketArn, content } from "../../../packages/access-doctor/test/fixtures/edits.ts";
import {
    good,
    type ImportFixture,
    keyPolicy,
    location,
} from "../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import type { Stage } from "../../support/import-stage.ts";

export type Change = (fixture: ImportFixture) => ImportFixture;

/** A set-up from a public source, as a change of a set-up in which an import succeeds. */
export interface Setup {
    readonly name: string;
    /** The page, issue or thread that reports the policy or file. */
    readonly source: string;
    readonly make: Change;
    /** Changes that `ImportFixture` cannot describe, such as tags. Applied after the set-up is created. */
    readonly also?: (stage: Stage, fixture: ImportFixture) => Promise<unknown>;
    /** The bucket part of the import's location, if it is not the bucket's name. */
    readonly bucketPart?: (fixture: ImportFixture) => string;
}

/** A set-up whose import fails. */
export interface Fault extends Setup {
    /** Pattern of the first lines, as a support engineer would name the cause. */
    readonly says: RegExp;
    /** `commands`, or a pattern of the first lines if only a person can decide. Absent if both are right. */
    readonly ends?: "commands" | RegExp;
    /** Pattern that must not appear in the output, such as a harmful fix. */
    readonly mustNot?: RegExp;
    /** The rows that a converted file must have; absent if no file may be converted. */
    readonly rows?: readonly Row[];
    /** The layer that nobody in the account can read, and that alone can explain the failure of a correct set-up. */
    readonly unseen?: true;
}

/** A message of AWS, with a pattern of its explanation and of a wrong reading. */
export interface Message {
    readonly name: string;
    readonly source: string;
    readonly text: string;
    readonly says: RegExp;
    readonly mustNot?: RegExp;
}

export type Row = readonly [user: string, item: string, time: number];

/** 1,500 interactions of 50 users, one each hour from 2020-01-01T00:00:00Z (1577836800). */
export const rows: readonly Row[] = Array.from({ length: 1500 }, (_, hour) => [
    `u${hour % 50}`,
    `i${hour % 37}`,
    1_577_836_800 + hour * 3600,
]);

/** Returns a change of the file to `rows`, with one line of text for each row. */
export const lines = (
    line: (row: Row, hour: number) => string,
    first = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP",
): Change => content({ text: `${[first, ...rows.map(line)].join("\n")}\n` });

/** Returns a change of the file to `rows`, with the times in another form. */
export const times = (time: (seconds: number, hour: number) => string): Change =>
    lines(([user, item, seconds], hour) => `${user},${item},Watch,${time(seconds, hour)}`);

/** Returns a change of the file's key. The location stays the same. */
export const storedAs =
    (key: string, at = location): Change =>
    (fixture) => ({ ...fixture, objects: { [key]: good }, location: at });

export const objectArns = (fixture: ImportFixture) => `${bucketArn(fixture)}/*`;
export const everything = (fixture: ImportFixture) => [bucketArn(fixture), objectArns(fixture)];

/** Adds statements to the bucket policy. */
export const bucketAlso =
    (...more: ((fixture: ImportFixture) => Statement)[]): Change =>
    (fixture) => {
        const policy = JSON.parse(fixture.bucketPolicy ?? "{}") as { Statement: Statement[] };
        const Statement = [...policy.Statement, ...more.map((one) => one(fixture))];
        return { ...fixture, bucketPolicy: JSON.stringify({ ...policy, Statement }) };
    };

/** Returns a statement of a bucket policy that denies everything under a condition. */
export const guard =
    (Condition: ConditionBlock, more: Partial<Statement> = {}) =>
    (fixture: ImportFixture): Statement => ({
        Sid: "Guard",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: everything(fixture),
        Condition,
        ...more,
    });

/** Adds a policy to the role. */
export const roleAlso =
    (policy: (fixture: ImportFixture) => PolicyDocument): Change =>
    (fixture) => ({ ...fixture, inline: { ...fixture.inline, guardrail: policy(fixture) } });

/** Encrypts the objects with a key that has these statements besides those for its administrators. */
export const keyWith =
    (...statements: ((fixture: ImportFixture) => Statement)[]): Change =>
    (fixture) => ({
        ...fixture,
        key: { state: "Enabled", policy: keyPolicy(fixture, ...statements.map((one) => one(fixture))) },
    });

export const chain =
    (...changes: Change[]): Change =>
    (fixture) =>
        changes.reduce((now, change) => change(now), fixture);

/** Returns a pattern of the texts that match every pattern, in any order and on any line. */
export const all = (...patterns: readonly RegExp[]) =>
    new RegExp(`^${patterns.map(({ source }) => `(?=[^]*(?:${source}))`).join("")}`, "i");
