import { type ConditionBlock, type PolicyDocument, type Statement, toList } from "policy-evaluator";
import {
    document,
    type ImportFixture,
    location,
    roleArnOf,
    soundFixture,
} from "../../../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { itemAt } from "../../../support/item-at.ts";

export const service = "personalize.amazonaws.com";
const caller = { partition: "aws", region: "eu-central-1", accountId: "000000000000" };
export const [account, stranger] = [caller.accountId, "999999999999"];
/** Sid of the generated statement. */
export const sid = "Generated";

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => itemAt(from, Math.floor(random() * from.length));

/** Condition keys, each with values that an import's requests have and values that they do not have. */
const keys: readonly (readonly [key: string, kind: string, values: readonly string[]])[] = [
    ["aws:SourceAccount", "String", [account, stranger]],
    ["aws:SourceArn", "Arn", [`arn:aws:personalize:eu-central-1:${account}:*`, `arn:aws:personalize:*:${stranger}:*`]],
    ["aws:SecureTransport", "Bool", ["true", "false"]],
    ["aws:RequestedRegion", "String", ["eu-central-1", "us-east-1", "eu-*"]],
    ["aws:PrincipalArn", "Arn", [`arn:aws:iam::${account}:role/Import-*`, `arn:aws:iam::${account}:role/Other`]],
    ["aws:PrincipalAccount", "String", [account, stranger]],
    ["aws:PrincipalIsAWSService", "Bool", ["true", "false"]],
    ["aws:PrincipalServiceName", "String", [service, "glue.amazonaws.com"]],
    ["aws:PrincipalType", "String", ["AssumedRole", "User"]],
    ["aws:ViaAWSService", "Bool", ["true", "false"]],
    ["aws:CurrentTime", "Date", ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]],
    ["aws:EpochTime", "Numeric", ["1700000000", "1900000000"]],
    ["aws:PrincipalTag/team", "String", ["data", "web", "d*"]],
    ["s3:ExistingObjectTag/scan", "String", ["clean", "infected"]],
    ["aws:ResourceAccount", "String", [account, stranger]],
    ["s3:ResourceAccount", "String", [account, stranger]],
    ["s3:prefix", "String", [location, "exports/*", "movies/*"]],
    ["s3:authType", "String", ["REST-HEADER", "REST-QUERY-STRING"]],
    ["s3:signatureversion", "String", ["AWS4-HMAC-SHA256", "AWS"]],
    ["s3:x-amz-server-side-encryption", "String", ["aws:kms", "AES256"]],
    ["aws:SourceVpce", "String", ["vpce-1a2b3c4d"]],
    ["aws:SourceVpc", "String", ["vpc-1a2b3c4d"]],
    ["aws:SourceIp", "IpAddress", ["192.0.2.0/24", "52.94.0.0/16"]],
    ["aws:PrincipalOrgID", "String", ["o-a1b2c3d4e5"]],
    ["aws:MultiFactorAuthAge", "Numeric", ["3600"]],
    ["aws:username", "String", ["ann", "b*"]],
    ["aws:referer", "String", ["https://example.com/*"]],
];

const operators: Readonly<Record<string, readonly string[]>> = {
    String: ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
    Arn: ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"],
    Bool: ["Bool"],
    Date: ["DateLessThan", "DateGreaterThan"],
    Numeric: ["NumericLessThan", "NumericGreaterThanEquals"],
    IpAddress: ["IpAddress", "NotIpAddress"],
};

function conditionOf(random: Random, isOfS3: boolean): ConditionBlock | undefined {
    const block: Record<string, Record<string, string | string[]>> = {};
    for (let count = pick(random, [0, 1, 1, 1, 2]); count > 0; count--) {
        const [key, kind, values] = pick(
            random,
            keys.filter(([name]) => isOfS3 || !name.startsWith("s3:")),
        );
        const plain = pick(random, operators[kind] ?? []);
        const operator = random() < 0.1 ? "Null" : random() < 0.2 ? `${plain}IfExists` : plain;
        const some =
            random() < 0.25 && kind !== "Date" && kind !== "Numeric" && kind !== "Bool"
                ? [...values]
                : pick(random, values);
        block[operator] = { ...block[operator], [key]: operator === "Null" ? pick(random, ["true", "false"]) : some };
    }
    return Object.keys(block).length > 0 ? block : undefined;
}

function placeOf(
    random: Random,
    fixture: ImportFixture,
): Pick<Statement, "Action" | "NotAction" | "Resource" | "NotResource"> {
    const bucketArn = `arn:aws:s3:::${fixture.bucket}`;
    const action = pick(random, [
        { Action: "s3:*" },
        { Action: "s3:GetObject" },
        { Action: ["s3:GetObject", "s3:ListBucket"] },
        { Action: "s3:Get*" },
        { Action: "s3:List?ucket" },
        { NotAction: ["s3:PutObject", "s3:DeleteObject"] },
        { Action: "S3:getobject" },
        { Action: ["s3:PutObject", "s3:DeleteObject"] },
    ] as const);
    const resource = pick(random, [
        { Resource: [bucketArn, `${bucketArn}/*`] },
        { Resource: `${bucketArn}/*` },
        { Resource: `${bucketArn}/${location}` },
        { Resource: `${bucketArn}/movies/????????????.csv` },
        { Resource: `arn:aws:s3:::films-*` },
        { Resource: `${bucketArn}/exports/*` },
        { NotResource: `${bucketArn}/exports/*` },
        { Resource: [bucketArn, `${bucketArn}/\${aws:PrincipalTag/team}/*`] },
    ] as const);
    return { ...action, ...resource };
}

function principalOf(random: Random, fixture: ImportFixture): Pick<Statement, "Principal" | "NotPrincipal"> {
    const [role, other] = [roleArnOf(fixture), `arn:aws:iam::${account}:role/Other`];
    return pick(random, [
        { Principal: "*" },
        { Principal: { AWS: "*" } },
        { Principal: { AWS: role } },
        { Principal: { AWS: [other, role] } },
        { Principal: { Service: service } },
        { Principal: { AWS: `arn:aws:iam::${account}:root` } },
        { Principal: { Service: ["glue.amazonaws.com", service] } },
        { Principal: { AWS: other } },
        { NotPrincipal: { AWS: [role, `arn:aws:iam::${account}:root`], Service: service } },
        { NotPrincipal: { AWS: [other, `arn:aws:iam::${stranger}:root`] } },
    ] as const);
}

const add = (to: PolicyDocument | undefined, one: Statement) => document(...toList(to?.Statement), one);
/** Returns the bucket policy of a setup. */
export const bucketPolicy = (fixture: ImportFixture): PolicyDocument => JSON.parse(fixture.bucketPolicy ?? "{}");

/**
 * Returns a working setup with one generated statement. If `isLacking` is true, the statement replaces an Allow that
 * the import needs, so a fix must add an Allow.
 */
export function generated(random: Random, name: string): { fixture: ImportFixture; isLacking: boolean; place: string } {
    const fixture = soundFixture(name, caller);
    const [place, what] = pick(random, [
        ["bucket", "deny"],
        ["bucket", "deny"],
        ["bucket", "deny"],
        ["bucket", "allow"],
        ["role", "deny"],
        ["role", "allow"],
        ["boundary", "deny"],
        ["boundary", "allow"],
        ["trust", "deny"],
        ["trust", "allow"],
    ] as const);
    const Condition = conditionOf(random, place !== "trust");
    const base = { Sid: sid, Effect: what === "deny" ? "Deny" : "Allow", ...(Condition && { Condition }) } as const;
    const isLacking = what === "allow";
    if (place === "trust") {
        const who = pick(random, [
            { Service: service },
            { Service: ["glue.amazonaws.com", service] },
            { AWS: `arn:aws:iam::${account}:root` },
        ]);
        const one: Statement = { ...base, Principal: who, Action: pick(random, ["sts:AssumeRole", "sts:*"]) };
        return {
            fixture: { ...fixture, trust: isLacking ? document(one) : add(fixture.trust, one) },
            isLacking,
            place,
        };
    }
    const one: Statement = {
        ...base,
        ...placeOf(random, fixture),
        ...(place === "bucket" && principalOf(random, fixture)),
    };
    if (place === "bucket") {
        const legal =
            what === "allow" && one.NotPrincipal ? { ...one, NotPrincipal: undefined, Principal: "*" as const } : one;
        const clean = JSON.parse(JSON.stringify(legal)) as Statement;
        const policy = isLacking ? document(clean) : add(bucketPolicy(fixture), clean);
        return { fixture: { ...fixture, bucketPolicy: JSON.stringify(policy) }, isLacking, place };
    }
    if (place === "role") {
        const inline = isLacking ? { own: document(one) } : { ...fixture.inline, own: document(one) };
        return { fixture: { ...fixture, inline }, isLacking, place };
    }
    const open: Statement = { Sid: "Open", Effect: "Allow", Action: "s3:*", Resource: "*" };
    return { fixture: { ...fixture, boundary: isLacking ? document(one) : document(open, one) }, isLacking, place };
}
