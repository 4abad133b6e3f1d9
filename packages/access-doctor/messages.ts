import { shell } from "terminal-text";
import { findMentions, type Mentions, type Message, type Subject } from "./mentions.ts";
import { explainRefusal, parseRefusal } from "./refusal.ts";

/**
 * Pattern of a message, its subject, its cause, and the next command; by default, the diagnosis of the resources that the
 * message names. In the texts, `$1` is the pattern's first group, and `{bucket|BUCKET}` a mention with its default.
 */
type Rule = readonly [pattern: RegExp, subject: Subject, cause: string, next?: string];

/** The command line of access-doctor without its arguments. */
export const packageCommand = ["npx", "access-doctor"];

/** Returns the command that diagnoses the resources that a message mentions. */
function formatDiagnosisCommand({ jobArn, roleArn, bucket, key }: Mentions, start: readonly string[]): string {
    const place = ["--bucket", bucket ?? "BUCKET", ...(key === undefined ? [] : ["--key", key])];
    const target = jobArn === undefined && (roleArn ?? bucket) !== undefined;
    const args = target ? ["--role", roleArn ?? "ROLE_ARN", ...place] : ["--job", jobArn ?? "JOB_ARN"];
    return shell(...start, ...args);
}

const content = "aws s3 cp s3://{bucket|BUCKET}/{key|KEY} - | sed -n '{lines|1p}'";
const listJobs = "aws personalize list-dataset-import-jobs";
const describeKey = "aws kms describe-key --key-id {keyArn|KEY_ARN}";
const list = "aws s3 ls --recursive s3://{bucket|BUCKET}/";

/** Replaces the placeholders of a rule's text; with `quote`, by words of a shell. */
function fill(text: string, groups: readonly string[], mentions: Mentions, quote = (value: string) => value): string {
    const lines = [...new Set([1, ...mentions.lines])].map((line) => `${line}p`).join(";");
    const values: Readonly<Record<string, unknown>> = { ...mentions, lines };
    return text
        .replaceAll(/\$(\d)/g, (_all, group: string) => groups[Number(group)] ?? "")
        .replaceAll(/\{(\w+)\|([^}]*)\}/g, (_all, name: string, otherwise: string) => {
            const value = values[name];
            return value === undefined ? otherwise : name === "lines" ? lines : quote(String(value));
        });
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
    [
        /ciphertext refers to a customer master key that does not exist/,
        "access",
        "{keyArn|The key of the data} does not exist in this region, or its policy lets neither the role nor Personalize in.",
    ],
    [
        /Insufficient privileges for accessing data in (?:Amazon )?S3\b.*fix bucket policy on/,
        "access",
        "The bucket policy of {bucket|the bucket} does not let Personalize (personalize.amazonaws.com) list and read it.",
    ],
    [
        /Insufficient privileges for accessing data in (?:Amazon )?S3/,
        "access",
        "Personalize may not read the data: a policy of the role, the bucket or the key stops it, and only a diagnosis finds which.",
    ],
    [
        /missing the following columns: ?\[([^\]]*)\]/,
        "file",
        "The header of the file lacks $1, which the dataset's schema has.",
        content,
    ],
    [
        /Length cannot be more than (\S+) characters for (\w+)/,
        "file",
        "A value of $2 has more than $1 characters: often a quote before it is not closed.",
        content,
    ],
    [
        /fewer than (?:25 users|1000 interactions)|fewer than the minimum of \d+/,
        "file",
        "The data has too few interactions: 1000, and 25 users with two each, are the least.",
        content,
    ],
    [
        /All values in the (\w+) column are either reserved keywords or null/i,
        "file",
        "Every value of $1 is empty or a reserved word, so no row can be used.",
        content,
    ],
    [
        /Invalid Data location|Invalid S3 input path/i,
        "location",
        "The location is not an object, or not of the form s3://bucket/folder/file.csv (a folder ends in /).",
        list,
    ],
    [
        /No objects found in s3 path|NoSuchKey|specified key does not exist/i,
        "location",
        "There is no object at s3://{bucket|BUCKET}/{key|KEY}.",
        list,
    ],
    [
        /'?(\S*)' at 'dataSource\.dataLocation'|dataLocation'? failed to satisfy constraint/,
        "location",
        "The location $1 is not of the form s3://bucket/folder/file.csv.",
        list,
    ],
    [
        /AllAccessDisabled/,
        "location",
        "S3 disabled all access to {bucket|the bucket}: it is another bucket than you mean, or AWS closed it.",
        "aws s3 ls",
    ],
    [
        /form of Server Side Encryption|SSE-C\b|customer-provided encryption key/i,
        "location",
        "{key|The object} is encrypted with a customer-provided key (SSE-C), which an import cannot send: upload it again without.",
        "aws s3api head-object --bucket {bucket|BUCKET} --key {key|KEY}",
    ],
    [
        /NoSuchBucket|specified bucket does not exist/,
        "location",
        "There is no bucket {bucket|of that name}.",
        "aws s3 ls",
    ],
    [
        /storage class|InvalidObjectState/,
        "location",
        "{key|The object} is in an archive storage class, and must be restored before a read.",
        "aws s3api head-object --bucket {bucket|BUCKET} --key {key|KEY}",
    ],
    [
        /(?:PermanentRedirect|must be addressed using the specified endpoint|AuthorizationHeaderMalformed).*?(?:(?:\.s3[.-]|expecting ')([a-z]{2}(?:-[a-z]+)+-\d)\b|$)/,
        "location",
        "{bucket|The bucket} is in another region than the call. $1",
        "aws s3api get-bucket-location --bucket {bucket|BUCKET}",
    ],
    [
        /Invalid principal in policy/i,
        "caller",
        "The policy names a principal that does not exist: it is mistyped, or was deleted.",
        "aws iam get-role --role-name NAME --query Role.Arn",
    ],
    [
        /More than (\d+) resources with PENDING or IN_PROGRESS status/,
        "service",
        "$1 imports are running, which is the quota of a region: wait until one ends.",
        listJobs,
    ],
    [
        /ResourceAlreadyExistsException|already exists/,
        "service",
        "A job of that name exists, and Personalize never frees a name: use another.",
        listJobs,
    ],
    [
        /RequestTimeTooSkewed/,
        "credentials",
        "The clock of your computer differs from AWS's by more than 15 minutes: set it.",
        "date -u",
    ],
    [
        /ResourceInUseException/,
        "service",
        "The resource is in use, for example by an import that still runs: wait until it ends.",
        listJobs,
    ],
    [
        /ExpiredToken|InvalidAccessKeyId|InvalidClientTokenId|security token included in the request is (?:expired|invalid)|Unable to locate credentials/,
        "credentials",
        "The credentials of the call are missing, expired or invalid.",
        "aws sso login",
    ],
    [
        /ThrottlingException|Rate exceeded|TooManyRequests/,
        "service",
        "AWS limits the rate of the call: repeat it in a minute.",
        listJobs,
    ],
    [
        /(?:can ?not|can't|unable to|failed to|not able to|could not) (?:be )?assumed?\b|assume (?:the )?(?:provided |given )?role/i,
        "access",
        "Personalize cannot assume {roleArn|the role}: it does not exist, or its trust policy does not allow it.",
    ],
    [
        /'roleArn' failed to satisfy constraint|roleArn.*(?:pattern|regular expression)/,
        "caller",
        "The role is not named by a complete ARN: arn:aws:iam::ACCOUNT:role/PATH/NAME, without blanks.",
        "aws iam get-role --role-name NAME --query Role.Arn",
    ],
    [
        /\b(?:AccessDenied|403)\b.*when calling the (?:Get|Head)Object operation/,
        "access",
        "Access to {bucket|the data} (s3:GetObject) was denied, and the message does not name the policy. Or there is no such object: S3 says that only to callers with s3:ListBucket.",
    ],
    [
        /\bAccess ?Denied\b|\b403\b.*Forbidden/,
        "access",
        "Access to {bucket|the data} was denied, and the message does not name the policy.",
    ],
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
    const refused = refusal && explainRefusal(refusal, mentions);
    if (refused) return { ...refused, next: formatDiagnosisCommand(refused.mentions, start) };
    const state = keyStateIn(text);
    if (state !== undefined) {
        const cause = `${mentions.keyArn ?? "The key of the data"} ${state}.`;
        return { subject: "access", cause, next: fill(describeKey, [], mentions, shell), mentions };
    }
    const formatNext = (next: string | undefined) =>
        next === undefined || (next === content && mentions.bucket === undefined)
            ? formatDiagnosisCommand(mentions, start)
            : fill(next, [], mentions, shell);
    for (const [pattern, subject, cause, next] of rules) {
        const match = pattern.exec(text);
        if (match) return { subject, cause: fill(cause, match, mentions).trim(), next: formatNext(next), mentions };
    }
    // If no rule matches but the text contains a line number or a column name, the cause is in the file.
    const [line] = mentions.lines;
    const where = line === undefined ? mentions.columns.join(", ") : `line ${line}`;
    if (where === "" && !/\bInput CSV\b/.test(text)) return undefined;
    const cause = `The service refuses ${where === "" ? "the file" : `${where} of the file`}: “${text.trim()}”.`;
    return { subject: "file", cause, next: formatNext(content), mentions };
}
