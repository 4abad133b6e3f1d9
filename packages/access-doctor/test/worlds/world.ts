import { gzipSync } from "node:zlib";
import {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type PolicyDocument,
    type ServiceCaller,
    type Statement,
} from "policy-evaluator";

/** The schema of the interactions below. */
export const schema = JSON.stringify({
    type: "record",
    name: "Interactions",
    namespace: "com.amazonaws.personalize.schema",
    fields: [
        ...["USER_ID", "ITEM_ID", "EVENT_TYPE"].map((name) => ({ name, type: "string" })),
        { name: "TIMESTAMP", type: "long" },
    ],
    version: "1.0",
});

/** A file that Personalize accepts: 60 users with 50 interactions each. */
export const interactions = `USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${Array.from(
    { length: 3000 },
    (_, row) => `"${row % 60}","${row % 149}","Watch",${874_724_710 + row * 60}\n`,
).join("")}`;

/** Returns the content of an object with a fault. */
export interface Body {
    readonly header: "good" | "quoted" | "lacking" | "lower" | "none" | "twice" | "more";
    readonly rows: "many" | "few" | "none";
    /** Time of the rows, in epoch seconds. */
    readonly times?: "milliseconds" | "dates" | "words";
    readonly form?: "marked" | "utf-16" | "latin-1" | "gzip" | "semicolons" | "json";
    readonly storageClass?: "GLACIER" | "DEEP_ARCHIVE" | "GLACIER_IR";
}

/** All resources and documents on which an import's access depends. The drill creates, breaks and fixes them. */
export interface ImportFixture {
    readonly caller: ServiceCaller;
    readonly bucket: string;
    readonly bucketRegion: string;
    readonly roleName: string;
    /** The role; undefined if it does not exist. */
    readonly trust: PolicyDocument | undefined;
    readonly inline: Readonly<Record<string, PolicyDocument>>;
    /** ARNs of managed policies. */
    readonly attached: readonly string[];
    readonly boundary: PolicyDocument | undefined;
    /** The trust policy as text, because it may be invalid JSON; undefined for none. `ROLE_ID` is the role's id at the time of writing. */
    readonly bucketPolicy: string | undefined;
    readonly hasBucket: boolean;
    readonly objects: Readonly<Record<string, Body>>;
    /** The KMS key of the objects; undefined: none. */
    readonly key:
        | { readonly state: "Enabled" | "Disabled" | "PendingDeletion"; readonly policy: PolicyDocument }
        | undefined;
    /** The import's location: a key, or a folder. */
    readonly location: string;
    /** Whether the role was deleted and created again after all policies were written. */
    readonly recreated: boolean;
    /** Roles that the importing user may pass; undefined if the account's root user imports. */
    readonly passRole: PolicyDocument | undefined;
}

export const good: Body = { header: "good", rows: "many" };
export const location = "movies/interactions.csv";
export const roleArnOf = ({ caller: { partition, accountId }, roleName }: ImportFixture) =>
    `arn:${partition}:iam::${accountId}:role/${roleName}`;

/** Returns the role's inline policies as IAM stores them: IAM rejects a policy without a statement. */
export const storedInline = ({ inline }: ImportFixture) =>
    Object.entries(inline).filter(([, { Statement }]) => [Statement].flat().length > 0);

/** Returns a setup in which an import succeeds, with the policies of this program. */
export function soundFixture(name: string, caller: ServiceCaller): ImportFixture {
    const bucket = `films-${name}`;
    const place = { partition: caller.partition, bucketName: bucket, readPrefixes: ["movies/"] };
    return {
        caller,
        bucket,
        bucketRegion: caller.region,
        roleName: `Import-${name}`,
        trust: executionRoleTrust(caller),
        inline: { "read-interactions": executionRolePolicy(place) },
        attached: [],
        boundary: undefined,
        hasBucket: true,
        key: undefined,
        recreated: false,
        passRole: undefined,
        bucketPolicy: JSON.stringify(dataBucketPolicy(place, caller)),
        objects: { [location]: good, "notes/readme.txt": { header: "lacking", rows: "few" } },
        location,
    };
}

export const document = (...Statement: Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });

/** Returns a key policy with which an import of encrypted objects succeeds. */
export const keyPolicy = (fixture: ImportFixture, ...more: Statement[]): PolicyDocument =>
    document(
        {
            Sid: "Administrators",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${fixture.caller.accountId}:user/keys` },
            Action: "kms:*",
            Resource: "*",
        },
        {
            // As in AWS's default key policy, IAM policies decide who may read the key.
            Sid: "Readers",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${fixture.caller.accountId}:root` },
            Action: ["kms:DescribeKey", "kms:GetKeyPolicy"],
            Resource: "*",
        },
        ...more,
    );

/** Returns the bytes of an object; with `many`, a complete set of interactions. */
export function bytesOf({ header, rows, times, form }: Body, many: string): Uint8Array {
    if (rows === "none") return new Uint8Array();
    const [first = "", ...rest] = many.split("\n");
    const lines = (rows === "few" ? rest.slice(0, 500) : rest.filter((line) => line !== "")).map((line) =>
        times === undefined ? line : line.replace(/\d+$/, (seconds) => written[times](Number(seconds))),
    );
    const headers = {
        good: [first],
        lacking: [first.replace("TIMESTAMP", "TIME")],
        quoted: [first.replaceAll(/\w+/g, '"$&"')],
        lower: [first.toLowerCase()],
        twice: [`${first},USER_ID`],
        more: [`${first},MORE`],
        none: [],
    };
    const wide = header === "twice" || header === "more" ? lines.map((line) => `${line},${line.split(",")[0]}`) : lines;
    return formed([...headers[header], ...wide, ""].join("\n"), form);
}

const written = {
    milliseconds: (seconds: number) => `${seconds}000`,
    dates: (seconds: number) => new Date(seconds * 1000).toISOString(),
    words: () => "yesterday",
};

function formed(text: string, form: Body["form"]): Uint8Array {
    if (form === "marked") return new Uint8Array(Buffer.from(`\uFEFF${text}`));
    if (form === "utf-16") return new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"));
    if (form === "latin-1") return new Uint8Array(Buffer.from(text.replaceAll("Watch", "Séance"), "latin1"));
    if (form === "gzip") return new Uint8Array(gzipSync(text));
    if (form === "semicolons") return new Uint8Array(Buffer.from(text.replaceAll(",", ";")));
    if (form === "json") return new Uint8Array(Buffer.from('{"entries": [{"url": "s3://films/1.csv"}]}\n'));
    return new Uint8Array(Buffer.from(text));
}
