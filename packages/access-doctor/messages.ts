import { accountOf, unseenLayers } from "policy-evaluator";
import { shell } from "terminal-text";
import { findMentions, type Mentions } from "./mentions.ts";
import { formatReason, parseRefusal, type Refusal, roleOfCaller } from "./refusal.ts";

/**
 * What a message is about. `access`: Personalize cannot read the data, for a reason that a diagnosis finds. `file`: the
 * file's content. `location`: bucket or key. `caller`: the caller's permissions. `service`: quotas, names and similar
 * limits. `credentials`: rejected credentials.
 */
export type Subject = "access" | "file" | "location" | "caller" | "service" | "credentials";

/** The explanation of an error message of AWS about an import. */
export interface Message {
    readonly subject: Subject;
    /** One sentence. */
    readonly cause: string;
    /** The next command. Names in capitals are placeholders for names that the message lacks. */
    readonly next: string;
    /** Whom to ask for a policy that nobody in the account can read, with the question; absent for other messages. */
    readonly ask?: string;
    readonly mentions: Mentions;
}

interface Rule {
    readonly pattern: RegExp;
    readonly subject: Subject;
    cause(groups: readonly string[], mentions: Mentions, text: string): string;
    /**
     * Returns the next command. If `next` is absent, the next command is the diagnosis of the resources in the message.
     * `start` is the command line up to its arguments.
     */
    next?(mentions: Mentions, start: readonly string[]): string;
}

/** The command line of access-doctor without its arguments. */
export const packageCommand = ["npx", "access-doctor"];

/** Returns the command that diagnoses the resources that a message mentions. */
function formatDiagnosisCommand({ jobArn, roleArn, bucket, key }: Mentions, start: readonly string[]): string {
    const place = ["--bucket", bucket ?? "BUCKET", ...(key === undefined ? [] : ["--key", key])];
    const target = jobArn === undefined && (roleArn ?? bucket) !== undefined;
    const args = target ? ["--role", roleArn ?? "ROLE_ARN", ...place] : ["--job", jobArn ?? "JOB_ARN"];
    return shell(...start, ...args);
}

const content = (mentions: Mentions, start: readonly string[]) => {
    const { bucket, key = "KEY", lines } = mentions;
    if (bucket === undefined) return formatDiagnosisCommand(mentions, start);
    const rows = [...new Set([1, ...lines])].map((line) => `${line}p`).join(";");
    return `${shell("aws", "s3", "cp", `s3://${bucket}/${key}`, "-")} | sed -n '${rows}'`;
};
const listJobs = () => "aws personalize list-dataset-import-jobs";
const describeKey = ({ keyArn = "KEY_ARN" }: Mentions) => shell("aws", "kms", "describe-key", "--key-id", keyArn);
const list = ({ bucket = "BUCKET" }: Mentions) => shell("aws", "s3", "ls", "--recursive", `s3://${bucket}/`);

/** Explains an access error by its parts: who may not do what, on what, and which kind of policy decided. */
function explainRefusal(refusal: Refusal, found: Mentions, start: readonly string[]): Message | undefined {
    const { action, caller, resource, policy = "" } = refusal;
    if (action === undefined) return undefined;
    const [service = "", operation = ""] = action.split(":");
    const isOfData = ["s3", "kms", "sts"].includes(service);
    const ofCaller = isOfData ? roleOfCaller(refusal) : undefined;
    const mentions = { ...found, ...(ofCaller !== undefined && { roleArn: ofCaller }) };
    const who = caller ?? "The caller";
    const { roleArn = "the role", bucket = "the bucket", keyArn = "the key of the data" } = found;
    const on = resource ?? { s3: bucket, kms: keyArn, sts: roleArn, iam: roleArn }[service];
    const does =
        { PassRole: `pass ${on} to Personalize (${action})`, AssumeRole: `assume ${on} (${action})` }[operation] ??
        `call ${action}${on === undefined ? "" : ` on ${on}`}`;
    const isTrust = operation === "AssumeRole" && policy === "";
    const [short] = [caller, on].filter(
        (arn = "") => /^arn:[^:]+:[^:]*:[^:]*:\d+:/.test(arn) && accountOf(arn)?.length !== 12,
    );
    const reason =
        short !== undefined
            ? `the account number in ${short} has ${accountOf(short)?.length} digits instead of 12, so it probably lost leading zeros`
            : isTrust
              ? "its trust policy does not allow it"
              : formatReason(refusal);
    const owner = unseenLayers({ caller: { arn: ofCaller ?? "arn:aws:iam::0:role/any" }, action }).find(
        (layer) => layer.policy.toLowerCase() === policy.toLowerCase(),
    )?.owner;
    return {
        subject: isOfData ? "access" : "caller",
        cause: `${who} may not ${does}: ${reason}.`,
        next: formatDiagnosisCommand(mentions, start),
        ...(owner !== undefined && { ask: `${owner}: let ${who} ${does}; ${reason}.` }),
        mentions,
    };
}

/** What the state of a KMS key in a message means (KMS Developer Guide, "Key states of AWS KMS keys"). */
const keyStates: readonly (readonly [pattern: RegExp, means: string])[] = [
    [/\bis disabled\b|DisabledException/i, "is disabled"],
    [/\bpending import\b|PendingImport/i, "waits for its key material to be imported"],
    [/\bpending (replica )?deletion\b|Pending(Replica)?Deletion/i, "is scheduled for deletion"],
    [/\bis unavailable\b|\bUnavailable\b/, "is unavailable, because its key store is disconnected"],
    [/KMSInvalidStateException|invalid state/i, "is in a state in which it cannot decrypt"],
];

/** Returns the kind of state of the KMS key that a message is about; undefined for another message. */
const keyStateIn = (text: string): string | undefined =>
    /:key\/|KMS\.?\w*Exception|key state/i.test(text)
        ? keyStates.find(([pattern]) => pattern.test(text))?.[1]
        : undefined;

const rules: readonly Rule[] = [
    {
        pattern: /ciphertext refers to a customer master key that does not exist/,
        subject: "access",
        cause: (_found, { keyArn = "The key of the data" }) =>
            `${keyArn} does not exist in this region, or its policy lets neither the role nor Personalize in.`,
    },
    {
        pattern: /Insufficient privileges for accessing data in (?:Amazon )?S3\b.*fix bucket policy on/,
        subject: "access",
        cause: (_found, { bucket }) =>
            `The bucket policy of ${bucket} does not let Personalize (personalize.amazonaws.com) list and read it.`,
    },
    {
        pattern: /Insufficient privileges for accessing data in (?:Amazon )?S3/,
        subject: "access",
        cause: () =>
            "Personalize may not read the data: a policy of the role, the bucket or the key stops it, and only a diagnosis finds which.",
    },
    {
        pattern: /missing the following columns: ?\[([^\]]*)\]/,
        subject: "file",
        cause: ([, columns]) => `The header of the file lacks ${columns}, which the dataset's schema has.`,
        next: content,
    },
    {
        pattern: /Length cannot be more than (\S+) characters for (\w+)/,
        subject: "file",
        cause: ([, limit, column]) =>
            `A value of ${column} has more than ${limit} characters: often a quote before it is not closed.`,
        next: content,
    },
    {
        pattern: /fewer than (?:25 users|1000 interactions)|fewer than the minimum of \d+/,
        subject: "file",
        cause: () => "The data has too few interactions: 1000, and 25 users with two each, are the least.",
        next: content,
    },
    {
        pattern: /Invalid Data location|Invalid S3 input path/i,
        subject: "location",
        cause: () =>
            "The location is not an object, or not of the form s3://bucket/folder/file.csv (a folder ends in /).",
        next: list,
    },
    {
        pattern: /No objects found in s3 path/i,
        subject: "location",
        cause: (_found, { bucket = "BUCKET", key = "" }) => `There is no object at s3://${bucket}/${key}.`,
        next: list,
    },
    {
        pattern: /NoSuchBucket|specified bucket does not exist/,
        subject: "location",
        cause: (_found, { bucket }) => `There is no bucket ${bucket ?? "of that name"}.`,
        next: () => "aws s3 ls",
    },
    {
        pattern: /NoSuchKey|specified key does not exist/,
        subject: "location",
        cause: (_found, { bucket, key }) =>
            key === undefined
                ? "There is no object under that key."
                : `There is no object ${key}${bucket === undefined ? "" : ` in ${bucket}`}.`,
        next: list,
    },
    {
        pattern: /storage class|InvalidObjectState/,
        subject: "location",
        cause: (_found, { key = "The object" }) =>
            `${key} is in an archive storage class, and must be restored before a read.`,
        next: ({ bucket = "BUCKET", key = "KEY" }) =>
            shell("aws", "s3api", "head-object", "--bucket", bucket, "--key", key),
    },
    {
        pattern: /Invalid principal in policy/i,
        subject: "caller",
        cause: () => "The policy names a principal that does not exist: it is mistyped, or was deleted.",
        next: () => "aws iam get-role --role-name NAME --query Role.Arn",
    },
    {
        pattern: /All values in the (\w+) column are either reserved keywords or null/i,
        subject: "file",
        cause: ([, column = ""]) =>
            `Every value of ${column.toUpperCase()} is empty or a reserved word, so no row can be used.`,
        next: content,
    },
    {
        pattern: /More than (\d+) resources with PENDING or IN_PROGRESS status/,
        subject: "service",
        cause: ([, limit]) => `${limit} imports are running, which is the quota of a region: wait until one ends.`,
        next: listJobs,
    },
    {
        pattern: /ResourceAlreadyExistsException|already exists/,
        subject: "service",
        cause: () => "A job of that name exists, and Personalize never frees a name: use another.",
        next: listJobs,
    },
    {
        pattern:
            /ExpiredToken|security token included in the request is (?:expired|invalid)|Unable to locate credentials/,
        subject: "credentials",
        cause: () => "The credentials of the call are missing, expired or invalid.",
        next: () => "aws sso login",
    },
    {
        pattern: /ThrottlingException|Rate exceeded|TooManyRequests/,
        subject: "service",
        cause: () => "AWS limits the rate of the call: repeat it in a minute.",
        next: listJobs,
    },
    {
        pattern:
            /(?:can ?not|can't|unable to|failed to|not able to|could not) (?:be )?assumed?\b|assume (?:the )?(?:provided |given )?role/i,
        subject: "access",
        cause: (_found, { roleArn = "the role" }) =>
            `Personalize cannot assume ${roleArn}: it does not exist, or its trust policy does not allow it.`,
    },
    {
        pattern: /'roleArn' failed to satisfy constraint|roleArn.*(?:pattern|regular expression)/,
        subject: "caller",
        cause: () => "The role is not named by a complete ARN: arn:aws:iam::ACCOUNT:role/PATH/NAME, without blanks.",
        next: () => "aws iam get-role --role-name NAME --query Role.Arn",
    },
    {
        pattern: /PermanentRedirect|must be addressed using the specified endpoint|AuthorizationHeaderMalformed/,
        subject: "location",
        cause: (_found, { bucket = "The bucket" }, text) => {
            const region = /\.s3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(text)?.[1];
            return `${bucket} is in another region than the call${region === undefined ? "" : `: in ${region}`}.`;
        },
        next: ({ bucket = "BUCKET" }) => shell("aws", "s3api", "get-bucket-location", "--bucket", bucket),
    },
    {
        pattern: /\bAccess ?Denied\b|\b403\b.*Forbidden/,
        subject: "access",
        cause: (_found, { bucket = "the data" }, text) => {
            const [, operation] = /when calling the (\w+) operation/.exec(text) ?? [];
            const hidden = /^(Get|Head)Object$/.test(operation ?? "")
                ? " Or there is no such object: S3 says that only to callers with s3:ListBucket."
                : "";
            return `Access to ${bucket}${operation ? ` (s3:${operation.replace("Head", "Get")})` : ""} was denied, and the message does not name the policy.${hidden}`;
        },
    },
];

/**
 * Explains an error message of AWS that a user pasted. Returns undefined for an unknown message. `about` contains names
 * that the caller knows from other sources.
 */
export function explainMessage(
    pasted: string,
    about: Partial<Mentions> = {},
    start: readonly string[] = packageCommand,
): Message | undefined {
    const text = pasted
        // Terraform draws a box around an error.
        .replaceAll(/[│╷╵\s]+/g, " ")
        .replaceAll('\\"', '"')
        // Line numbers in a Python traceback are not lines of the data file.
        .replaceAll(/File "[^"]*", line \d+/g, "File");
    const mentions = { ...about, ...findMentions(text) };
    const refusal = parseRefusal(text);
    const refused = refusal && explainRefusal(refusal, mentions, start);
    if (refused) return refused;
    const state = keyStateIn(text);
    if (state !== undefined) {
        const cause = `${mentions.keyArn ?? "The key of the data"} ${state}.`;
        return { subject: "access", cause, next: describeKey(mentions), mentions };
    }
    for (const { pattern, subject, cause, next = formatDiagnosisCommand } of rules) {
        const match = pattern.exec(text);
        if (match) {
            return { subject, cause: cause(match, mentions, text), next: next(mentions, start), mentions };
        }
    }
    // If no rule matches but the text contains a line number or a column name, the cause is in the file.
    const [line] = mentions.lines;
    const where = line === undefined ? mentions.columns.join(", ") : `line ${line}`;
    if (where === "" && !/\bInput CSV\b/.test(text)) return undefined;
    const cause = `The service refuses ${where === "" ? "the file" : `${where} of the file`}: “${text.trim()}”.`;
    return { subject: "file", cause, next: content(mentions, start), mentions };
}
