import type { FaultId } from "../../faults.ts";
import {
    allows,
    also,
    bucket,
    bucketArn,
    condition,
    content,
    denial,
    drop,
    isAction,
    keyed,
    of,
    passing,
    resource,
    role,
    source,
    stranger,
    trust,
} from "./edits.ts";
import { type Body, document, good, type ImportFixture, keyPolicy, location, roleArnOf } from "./world.ts";

/** One fault: its change of a fixture, and the paths that it changes. Two faults at one path could hide each other. */
export interface Break {
    readonly name: string;
    readonly fault: FaultId;
    /** Text that the explanation must contain. */
    readonly says: RegExp;
    /** Text that a request to another person must contain, if only that person can decide; absent if commands fix the fault. */
    readonly asks?: RegExp | undefined;
    /** Dotted paths in the fixture. A path covers all paths below it. */
    readonly places: readonly string[];
    /** Paths that must be correct for the fault to be visible. */
    readonly needs: readonly string[];
    make(fixture: ImportFixture): ImportFixture;
}

/** Patterns of the names of faults that evaluation explains, each with the fault and the expected explanation. */
const explained: readonly (readonly [name: RegExp, fault: FaultId, says: RegExp])[] = [
    [/^passrole-missing/, "passrole", /no statement allows iam:PassRole/],
    [/^passrole-other-service/, "passrole", /another iam:PassedToService/],
    [/^trust-missing/, "trust-policy", /is for .*:root.*, not for the service personalize/],
    [/^trust-wrong-service/, "trust-policy", /is for .*sagemaker.*, not for the service personalize/],
    [
        /^trust-source-account/,
        "trust-policy",
        /requires StringEquals aws:SourceAccount 999999999999.* sends aws:SourceAccount 0{12}/,
    ],
    [/^trust-source-arn by/, "trust-policy", /requires StringEquals aws:SourceArn .*StringEquals knows no wildcards/],
    [/^trust-(source-arn|partition)/, "trust-policy", /requires ArnLike aws:SourceArn .* sends .*aws:SourceArn arn:/],
    [/^trust-condition-misspelt/, "trust-policy", /aws:SourceAcount .*no such key; aws:SourceAccount was/],
    [/^role-get-missing/, "role-policy", /No statement of .* allows s3:GetObject/],
    [/^role-list-missing/, "role-policy", /No statement of .* allows s3:ListBucket/],
    [/^(role|bucket)-object-arn/, "role-policy", /objects are arn:/],
    [/^(role|bucket)-bucket-arn/, "role-policy", /a bucket is listed by its own ARN/],
    [/^(role|bucket)-prefix/, "role-policy", /exports.*not on .*: other keys of the bucket/],
    [/^(role|bucket)-other-bucket/, "role-policy", /: another bucket/],
    [/^role-partition/, "role-policy", /: another partition/],
    [/^role-source-arn/, "role-policy", /requires StringEquals aws:SourceAccount .* sends no aws:SourceAccount/],
    [/^role-condition-misspelt/, "role-policy", /aws:SecureTransprot .*no such key/],
    [/^role-condition/, "role-policy", /requires StringEquals aws:RequestedRegion us-west-2; .* eu-central-1/],
    [/^role-deny/, "role-policy", /NoObjects of .* denies s3:GetObject/],
    [/^bucket-policy-missing/, "bucket-policy", /has no bucket policy/],
    [/^bucket-policy-not-json/, "bucket-policy", /is not a policy document/],
    [/^bucket-principal/, "bucket-policy", /is for .*, not for the service personalize/],
    [/^bucket-account/, "bucket-policy", /requires StringEquals aws:SourceAccount 999999999999/],
    [/^bucket-source-arn/, "bucket-policy", /requires ArnLike aws:SourceArn .*999999999999/],
    [/^bucket-condition-misspelt/, "bucket-policy", /aws:SourceAcccount .*no such key/],
    [
        /^bucket-condition-never-sent/,
        "bucket-policy",
        /requires StringEquals aws:SourceVpc vpc-1.* sends .*no aws:SourceVpc/,
    ],
    [/^bucket-get-missing/, "bucket-policy", /No statement of the bucket policy allows s3:GetObject/],
    [/^bucket-list-missing/, "bucket-policy", /No statement of the bucket policy allows s3:ListBucket/],
    [/^bucket-deny-tls/, "bucket-policy", /Tls of .* denies s3:GetObject if aws:SecureTransport is true/],
    [
        /^bucket-deny-vpc/,
        "bucket-policy",
        /OnlyOurEndpoint of .* unless aws:SourceVpce is vpce-1a2b3c4d; .* sends no aws:SourceVpce/,
    ],
    [/^bucket-deny-organisation/, "bucket-policy", /OnlyUs of .* unless aws:PrincipalOrgID is o-1234567890/],
    [/^role-recreated: the key/, "key-policy", /AROA\w+ is the id of a role that was deleted|ROLE_ID/],
    [/^role-recreated/, "bucket-policy", /OnlyTheRole of .* unless aws:userid/],
    [/^kms-no-grant/, "key-policy", /lets neither the role nor Personalize decrypt/],
];

/** Faults that somebody may want, or that cost money or data. For these, the diagnosis asks a person. */
const asked: readonly (readonly [name: RegExp, asks: RegExp])[] = [
    [/^role-missing/, /^an administrator of account 0{12}: create the role arn:\S+ with the trust policy \{/],
    [/^role-deny/, /^the owner of the role arn:\S+: except .*NoObjects/],
    [
        /^bucket-deny|^role-recreated$/,
        /^the owner of the bucket films-\S+: except personalize\.amazonaws\.com and arn:/,
    ],
    [/^bucket-missing/, /^the owner of the data: in which bucket is movies\/interactions\.csv\?/],
    [/^bucket-region/, /^the owner of the data: copy s3:\/\/films-\S+ into a bucket in eu-central-1/],
    [/^kms-(disabled|pending)/, /^the administrator of the key arn:\S+: make it usable again/],
    [/^object-archived/, /^the owner of the data: restore it with aws s3api restore-object/],
];

const one = (
    name: string,
    places: string | readonly string[],
    make: Break["make"],
    needs: readonly string[] = [],
): Break => {
    const [, fault, says = /./] = explained.find(([pattern]) => pattern.test(name)) ?? [];
    const ofBucket = name.startsWith("bucket") && fault === "role-policy" ? "bucket-policy" : fault;
    const own = (ofBucket ?? name.replace(/:.*/, "")) as FaultId;
    const asks = asked.find(([pattern]) => pattern.test(name))?.[1];
    return { name, fault: own, says, asks, places: typeof places === "string" ? [places] : places, needs, make };
};
/** A key's fault is visible only if its object exists, in a bucket of the right region. */
const encrypted = ["object.found", "region"];
const neverRole = {
    StringEquals: { "aws:SourceAccount": "000000000000" },
    ArnLike: { "aws:SourceArn": source("000000000000") },
};

/** Every fault that the local AWS can reproduce. */
export const breaks: readonly Break[] = [
    one("passrole-missing", "passRole", (fixture) => ({
        ...fixture,
        passRole: document({ Effect: "Allow", Action: "iam:GetRole", Resource: "*" }),
    })),
    one("passrole-other-service", "passRole", (fixture) => ({
        ...fixture,
        passRole: passing(fixture, { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } }),
    })),
    one("role-missing", ["role", "trust", "boundary", "passRole"], (fixture) => ({ ...fixture, trust: undefined })),
    one("trust-missing", "trust", (fixture) => ({
        ...fixture,
        trust: document({
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${fixture.caller.accountId}:root` },
            Action: "sts:AssumeRole",
        }),
    })),
    one(
        "trust-wrong-service",
        "trust.principal",
        trust((it) => ({ ...it, Principal: { Service: "sagemaker.amazonaws.com" } })),
    ),
    one("trust-source-account", "trust.account", trust(condition("aws:SourceAccount", stranger))),
    one("trust-source-arn", "trust.arn", (fixture) =>
        trust(condition("aws:SourceArn", source(fixture.caller.accountId, "aws", "us-west-2")))(fixture),
    ),
    one("trust-source-arn by StringEquals", "trust.arn", (fixture) =>
        trust((it) => ({
            ...it,
            Condition: {
                StringEquals: { ...it.Condition?.StringEquals, "aws:SourceArn": source(fixture.caller.accountId) },
            },
        }))(fixture),
    ),
    one("trust-source-arn-narrow", "trust.arn", (fixture) =>
        trust(condition("aws:SourceArn", source(fixture.caller.accountId, "aws", "eu-central-1", "solution/*")))(
            fixture,
        ),
    ),
    one("trust-source-arn-account", "trust.arn", trust(condition("aws:SourceArn", source(stranger)))),
    one("trust-partition", "trust.arn", (fixture) =>
        trust(condition("aws:SourceArn", source(fixture.caller.accountId, "aws-cn")))(fixture),
    ),
    one("trust-condition-misspelt", "trust.account", (fixture) =>
        trust(condition("aws:SourceAccount", fixture.caller.accountId, "aws:SourceAcount"))(fixture),
    ),
    one("role-get-missing", "role.get", role(of("s3:GetObject", drop))),
    one("role-list-missing", "role.list", role(of("s3:ListBucket", drop))),
    one("role-object-arn", "role.get", resource(bucketArn, "s3:GetObject", role)),
    one(
        "role-bucket-arn",
        "role.list",
        resource((fixture) => `${bucketArn(fixture)}/*`, "s3:ListBucket", role),
    ),
    one(
        "role-prefix",
        "role.get",
        resource((fixture) => `${bucketArn(fixture)}/exports/*`, "s3:GetObject", role),
    ),
    one("role-other-bucket", ["role.get", "role.list"], (fixture) =>
        role((it) => ({
            ...it,
            Resource: isAction("s3:ListBucket")(it) ? "arn:aws:s3:::other" : "arn:aws:s3:::other/*",
        }))(fixture),
    ),
    one(
        "role-partition",
        "role.get",
        resource((fixture) => `arn:aws-cn:s3:::${fixture.bucket}/movies/*`, "s3:GetObject", role),
    ),
    one("role-source-arn", "role.condition", role(also(neverRole))),
    one("role-condition-misspelt", "role.condition", role(also({ Bool: { "aws:SecureTransprot": "true" } }))),
    one("role-condition", "role.condition", role(also({ StringEquals: { "aws:RequestedRegion": "us-west-2" } }))),
    one("role-deny", "role.deny", (fixture) => ({
        ...fixture,
        inline: {
            ...fixture.inline,
            guard: document({ Sid: "NoObjects", Effect: "Deny", Action: "s3:GetObject", Resource: "*" }),
        },
    })),
    one("bucket-policy-missing", "bucket", (fixture) => ({ ...fixture, bucketPolicy: undefined })),
    one("bucket-policy-not-json", "bucket", (fixture) => ({
        ...fixture,
        bucketPolicy: `${fixture.bucketPolicy?.slice(0, -1)},`,
    })),
    one(
        "bucket-principal",
        "bucket.principal",
        bucket(allows((it) => ({ ...it, Principal: { Service: "sagemaker.amazonaws.com" } }))),
    ),
    one("bucket-principal: the role instead of the service", "bucket.principal", (fixture) =>
        bucket(allows((it) => ({ ...it, Principal: { AWS: roleArnOf(fixture) } })))(fixture),
    ),
    one("bucket-account", "bucket.account", bucket(allows(condition("aws:SourceAccount", stranger)))),
    one("bucket-source-arn", "bucket.arn", bucket(allows(condition("aws:SourceArn", source(stranger))))),
    one("bucket-condition-misspelt", "bucket.account", (fixture) =>
        bucket(allows(condition("aws:SourceAccount", fixture.caller.accountId, "aws:SourceAcccount")))(fixture),
    ),
    one(
        "bucket-condition-never-sent",
        "bucket.condition",
        bucket(allows(also({ StringEquals: { "aws:SourceVpc": "vpc-1" } }))),
    ),
    one(
        "bucket-other-bucket",
        ["bucket.get", "bucket.list"],
        bucket(
            allows((it) => ({
                ...it,
                Resource: isAction("s3:ListBucket")(it) ? "arn:aws:s3:::other" : "arn:aws:s3:::other/*",
            })),
        ),
    ),
    one("bucket-get-missing", "bucket.get", bucket(of("s3:GetObject", drop))),
    one("bucket-list-missing", "bucket.list", bucket(of("s3:ListBucket", drop))),
    one("bucket-object-arn", "bucket.get", resource(bucketArn, "s3:GetObject", bucket)),
    one(
        "bucket-bucket-arn",
        "bucket.list",
        resource((fixture) => `${bucketArn(fixture)}/*`, "s3:ListBucket", bucket),
    ),
    one(
        "bucket-prefix",
        "bucket.get",
        resource((fixture) => `${bucketArn(fixture)}/exports/*`, "s3:GetObject", bucket),
    ),
    one("bucket-deny-tls", "bucket.deny.tls", denial({ Bool: { "aws:SecureTransport": "true" } }, "Tls")),
    one(
        "bucket-deny-vpc",
        "bucket.deny.vpc",
        denial({ StringNotEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }, "OnlyOurEndpoint"),
    ),
    one(
        "bucket-deny-organisation",
        "bucket.deny.organisation",
        denial({ StringNotEquals: { "aws:PrincipalOrgID": "o-1234567890" } }, "OnlyUs"),
    ),
    one("role-recreated", ["bucket.deny.user", "role.identity"], (fixture) => ({
        ...denial(
            { StringNotLike: { "aws:userid": "ROLE_ID:*" }, Bool: { "aws:PrincipalIsAWSService": "false" } },
            "OnlyTheRole",
        )(fixture),
        recreated: true,
    })),
    one("boundary", "boundary", (fixture) => ({
        ...fixture,
        boundary: document({ Effect: "Allow", Action: "logs:*", Resource: "*" }),
    })),
    one("bucket-missing", ["bucket", "object", "region"], (fixture) => ({ ...fixture, hasBucket: false })),
    one("bucket-region", "region", (fixture) => ({ ...fixture, bucketRegion: "us-west-2" })),
    one("object-missing", "object", ({ objects: { [location]: _gone, ...objects }, ...fixture }) => ({
        ...fixture,
        objects,
    })),
    one("object-wrong-key", "object", (fixture) => ({ ...fixture, location: "movies/Interaction.csv" })),
    one("folder-without-slash", "object", ({ objects: { [location]: body, ...objects }, ...fixture }) => ({
        ...fixture,
        objects: { ...objects, "movies/set/1.csv": body as Body },
        location: "movies/set",
    })),
    one("object-empty", "object.content", content({ rows: "none" })),
    one("column-missing", "object.content.header", content({ header: "lacking" }), ["passRole.job"]),
    one("header-quoted", "object.content.header", content({ header: "quoted" })),
    one("header-case", "object.content.header", content({ header: "lower" })),
    one("header-missing", "object.content.header", content({ header: "none" })),
    one("column-twice", "object.content.header", content({ header: "twice" })),
    one("rows-too-few", "object.content.rows", content({ rows: "few" })),
    one("timestamp-milliseconds", "object.content.times", content({ times: "milliseconds" })),
    one("timestamp-not-epoch", "object.content.times", content({ times: "dates" })),
    one("timestamp-not-epoch: words", "object.content.times", content({ times: "words" }), ["object.content.header"]),
    one("file-bom", "object.content.form", content({ form: "marked" })),
    one("file-encoding", "object.content.form", content({ form: "utf-16" })),
    one("file-encoding: Latin-1", "object.content.form", content({ form: "latin-1" })),
    one("file-compressed", "object.content.form", content({ form: "gzip" })),
    one("file-delimiter", "object.content.form", content({ form: "semicolons" })),
    one("file-not-csv", "object.content", content({ form: "json" })),
    one("object-archived", "object.content", content({ storageClass: "GLACIER" })),
    one("folder-stray-file", "object", (fixture) => ({
        ...fixture,
        objects: {
            ...fixture.objects,
            "movies/set/1.csv": good,
            "movies/set/manifest.json": { ...good, form: "json" },
        },
        location: "movies/set/",
    })),
    one("folder-nested", "object", (fixture) => ({
        ...fixture,
        objects: { ...fixture.objects, "movies/set/2020/1.csv": good, "movies/set/2021/1.csv": good },
        location: "movies/set/",
    })),
    one("headers-differ", "object", (fixture) => ({
        ...fixture,
        objects: { ...fixture.objects, "movies/set/1.csv": good, "movies/set/2.csv": { ...good, header: "more" } },
        location: "movies/set/",
    })),
    one(
        "kms-no-grant",
        "kms.policy",
        (fixture) => ({ ...fixture, key: { ...keyed(fixture), policy: keyPolicy(fixture) } }),
        encrypted,
    ),
    one(
        "kms-disabled",
        "kms.state",
        (fixture) => ({ ...fixture, key: { ...keyed(fixture), state: "Disabled" } }),
        encrypted,
    ),
    one(
        "kms-pending-deletion",
        "kms.state",
        (fixture) => ({ ...fixture, key: { ...keyed(fixture), state: "PendingDeletion" } }),
        encrypted,
    ),
    one(
        "role-recreated: the key's policy",
        ["kms.policy", "role.identity"],
        (fixture) => ({
            ...fixture,
            key: {
                ...keyed(fixture),
                policy: keyPolicy(fixture, {
                    Sid: "Role",
                    Effect: "Allow",
                    Principal: { AWS: "ROLE_ID" },
                    Action: "kms:Decrypt",
                    Resource: "*",
                }),
            },
            recreated: true,
        }),
        encrypted,
    ),
];

const hides = (outer: string, inner: string) => inner === outer || inner.startsWith(`${outer}.`);
const collide = (a: Break, b: Break) =>
    a.places.some((mine) => [...b.places, ...b.needs].some((other) => hides(mine, other)));

/** Returns all pairs of faults in which neither fault hides the other. */
export function compatiblePairs(): [Break, Break][] {
    return breaks.flatMap((a, index) =>
        breaks.slice(index + 1).flatMap((b): [Break, Break][] => (collide(a, b) || collide(b, a) ? [] : [[a, b]])),
    );
}
