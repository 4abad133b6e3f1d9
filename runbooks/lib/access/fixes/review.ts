import {
    type AccessRequest,
    accountOf,
    type Caller,
    evaluate,
    type Import,
    listOf,
    type PolicyDocument,
    type PolicyKind,
    personalizeService,
    type RequestContext,
} from "policy-evaluator";
import type { Step, Written } from "./steps.ts";
import { storable } from "./storable.ts";

/** Access before and after a document changes, by requests that its statements name. */
export interface Review {
    /** Requests that were allowed, or not denied, and are now. They block a fix. */
    readonly lost: readonly string[];
    /** Requests of the import that the document now allows, or denies no more. */
    readonly gained: readonly string[];
    /** Requests of others that the document now allows, or denies no more. They block a fix. */
    readonly tooMuch: readonly string[];
}

const nothing: PolicyDocument = { Statement: [] };

const kindOf = (written: Written): PolicyKind =>
    written === "role" || written === "boundary" || written === "caller" ? "identity" : "resource";

/** Compares the decisions of a step's document with those of the document before. */
export function review(of: Import, { before = nothing, document, written }: Step): Review {
    if (!document || !written) {
        return { lost: [], gained: [], tooMuch: [] };
    }
    const kind = kindOf(written);
    // Principals that AWS refuses never made a request.
    const present = storable(before, of.roleId === undefined ? undefined : { id: of.roleId, arn: of.roleArn }).document;
    const decide = (request: AccessRequest, by: PolicyDocument) => {
        const { decision } = evaluate(request, [{ name: "", document: by }], kind);
        // Only principals of the account can be allowed by another policy.
        return decision === "allowed" ? 2 : decision === "implicitDeny" && isOfAccount(request, of) ? 1 : 0;
    };
    const found = { lost: new Set<string>(), gained: new Set<string>(), tooMuch: new Set<string>() };
    for (const request of probesOf(of, written, [present, document])) {
        const [was, is] = [decide(request, present), decide(request, document)];
        if (was === is) continue;
        const list = is < was ? found.lost : isImports(request, of) ? found.gained : found.tooMuch;
        list.add(`${nameOf(request.caller)}: ${request.action} on ${request.resource}`);
    }
    return { lost: [...found.lost], gained: [...found.gained], tooMuch: [...found.tooMuch] };
}

const isOfAccount = ({ caller }: AccessRequest, { accountId }: Import) =>
    "arn" in caller && accountOf(caller.arn) === accountId;

const nameOf = (caller: Caller) =>
    "service" in caller ? caller.service : "arn" in caller ? caller.arn : caller.federated;

const probed: Readonly<Record<Written, readonly string[]>> = {
    trust: ["sts:AssumeRole"],
    bucket: ["s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject", "s3:GetBucketPolicy"],
    key: ["kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"],
    role: ["s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject", "iam:CreateUser", "kms:Decrypt"],
    boundary: ["s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject", "iam:CreateUser", "kms:Decrypt"],
    caller: ["iam:PassRole"],
};

const importsActions = [
    "s3:GetObject",
    "s3:ListBucket",
    "sts:AssumeRole",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "iam:PassRole",
];

/** Whether a request is one of this import: by the role or by Personalize, for its reads. */
function isImports({ caller, action, resource, context }: AccessRequest, of: Import): boolean {
    const isRole = "arn" in caller && caller.arn === of.roleArn;
    const forUs = "service" in caller && caller.service === personalizeService;
    const itsOwn = action !== "s3:GetObject" || resource.includes(`/${of.key}`);
    const ofUs = !forUs || context["aws:SourceAccount"] === of.accountId;
    return importsActions.includes(action) && (isRole || (forUs && ofUs)) && itsOwn;
}

/** Requests by every principal and with every condition value that the documents name, and by strangers. */
function probesOf(of: Import, written: Written, documents: readonly PolicyDocument[]): AccessRequest[] {
    const statements = documents.flatMap(({ Statement }) => listOf(Statement));
    const named = statements.flatMap(({ Principal, NotPrincipal }) =>
        [Principal, NotPrincipal].flatMap((one) => (typeof one === "object" ? [...listOf(one.AWS)] : [])),
    );
    const services = statements.flatMap(({ Principal }) =>
        typeof Principal === "object" ? [...listOf(Principal.Service)] : [],
    );
    const conditions = statements.flatMap(({ Condition = {} }) => Object.values(Condition).flatMap(Object.entries));
    const values = (key: string) =>
        conditions.flatMap(([name, wanted]) => (name.toLowerCase() === key ? listOf(wanted).map(String) : []));
    const concrete = (text: string) => text.replaceAll("*", "any").replaceAll("?", "x");
    const arns = [...named, ...values("aws:principalarn")].filter((arn) => arn.startsWith("arn:")).map(concrete);
    const people: Caller[] = [...new Set([...arns, `arn:${of.partition}:iam::${of.accountId}:user/any`])].map(
        (arn) => ({
            arn,
        }),
    );
    const stranger: Caller = {
        arn: `arn:${of.partition}:iam::${of.accountId === other ? "1".repeat(12) : other}:user/any`,
    };
    const callers: Caller[] =
        kindOf(written) === "identity"
            ? [{ arn: of.roleArn }]
            : [
                  { arn: of.roleArn },
                  ...people,
                  stranger,
                  ...[...new Set([...services, personalizeService])].map((service) => ({ service })),
              ];
    const contexts = contextsOf(of, conditions, concrete);
    const bucketArn = `arn:${of.partition}:s3:::${of.bucket}`;
    return callers.flatMap((caller) =>
        probed[written].flatMap((action) =>
            resourcesOf(action, of, bucketArn).flatMap((resource) =>
                contexts.map((context) => ({ caller, action, resource, context })),
            ),
        ),
    );
}

const other = "999999999999";

function resourcesOf(action: string, of: Import, bucketArn: string): string[] {
    if (/Object$/.test(action)) return [`${bucketArn}/${of.keys[0] ?? of.key}`, `${bucketArn}/another-file`];
    if (action.startsWith("s3:")) return [bucketArn];
    return action.startsWith("kms:") ? ["*"] : [of.roleArn];
}

/** One context with nothing special, and for each condition key one with its value and one with another value. */
function contextsOf(
    { accountId, sourceArn, region }: Import,
    conditions: readonly (readonly [string, unknown])[],
    concrete: (text: string) => string,
): RequestContext[] {
    const usual = {
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": region,
        "aws:SourceAccount": accountId,
        "aws:SourceArn": sourceArn,
        "s3:prefix": "",
    };
    // Keys that follow from the caller would contradict it.
    const free = conditions.filter(([key]) => !/^aws:principal/i.test(key));
    return [
        usual,
        { ...usual, "aws:SourceAccount": other },
        ...free.flatMap(([key, wanted]) => {
            const first = String(listOf(wanted as string)[0] ?? "");
            const different = /^(true|false)$/i.test(first) ? (/true/i.test(first) ? "false" : "true") : "another";
            const isAddress = /sourceip$/i.test(key);
            return [
                { ...usual, [key]: isAddress ? (first.split("/")[0] ?? "") : concrete(first) },
                { ...usual, [key]: isAddress ? "203.0.113.77" : different },
            ];
        }),
    ];
}
