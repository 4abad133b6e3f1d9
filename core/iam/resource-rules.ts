import { type PolicyDocument, personalizeService, type Statement, sizeLimits, toList } from "policy-evaluator";
import type { StackConfig } from "../config/config.ts";
import { keysOf, toRecord } from "../config/records.ts";

/**
 * CloudTrail. Its role for CloudWatch Logs must have no condition on `aws:SourceAccount` or `aws:SourceArn` in its trust
 * policy (CloudTrail User Guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring"): with them,
 * CreateTrail may return InvalidCloudWatchLogsRoleArnException.
 */
export const cloudTrail = "cloudtrail.amazonaws.com";

/** Settings of the configuration that change a rule. */
export type RuleChoices = Pick<StackConfig, "bucketPolicyConditions">;

/**
 * A rule: a pure function that returns the problem of a resource, from its type and properties. Returns undefined if
 * the resource has no problem, or if the property is not known yet.
 */
type ResourceRule = (
    type: string,
    props: Readonly<Record<string, unknown>>,
    choices: RuleChoices,
) => string | undefined;

/** AWS managed policies that allow more than this program may need. */
const tooWide = ["AdministratorAccess", "AmazonPersonalizeFullAccess", "AmazonS3ReadOnlyAccess"];
/** Properties that can contain policy documents. */
const documentProperties = ["policy", "assumeRolePolicy", "inlinePolicy"];
/**
 * Maximum characters of a resource's policy, without white space (IAM User Guide, "IAM and AWS STS quotas"). A permissions
 * boundary is a managed policy. IAM counts all inline policies of a role together; each role of the program has only one.
 */
const policyLimits: Readonly<Record<string, number>> = {
    "aws:iam/policy:Policy": sizeLimits.managedPolicy,
    "aws:iam/rolePolicy:RolePolicy": sizeLimits.roleInlinePolicies,
};
/**
 * Maximum bytes of a function's environment variables (Lambda Developer Guide, "Lambda quotas": 4 KB). Lambda measures
 * them as one JSON object, in which each quote of a value takes two bytes: its error shows the text ("String measured").
 */
const environmentLimit = 4096;
const sourceKeys = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];
const everyonesAcls = ["public-read", "public-read-write", "authenticated-read", "website"];

const resourceRules = {
    "public-access": (type, props) => {
        if (type === "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock") {
            const open = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].filter(
                (key) => !isUnknown(props[key]) && props[key] !== true,
            );
            return open.length > 0 ? `leaves ${open.join(", ")} off` : undefined;
        }
        if (/^aws:s3\/bucket/.test(type) && everyonesAcls.includes(String(props.acl))) {
            return `has the ACL ${props.acl}`;
        }
        const open = allowing(props).find((statement) => isForEveryone(statement) && !statement.Condition);
        return open && `${statementName(open)} allows access to everyone`;
    },

    "wildcard-action": (_type, props) => {
        const wide = allowing(props).find(
            ({ Action, NotAction }) =>
                NotAction !== undefined || toList(Action).some((action) => /(^|:)\*$/.test(action)),
        );
        return (
            wide &&
            `${statementName(wide)} allows ${wide.NotAction ? "all but some actions" : toList(wide.Action).join(", ")}`
        );
    },

    "service-without-condition": (type, props, choices) => {
        const trusting = allowing(props).find(
            (statement) =>
                servicesOf(statement).length > 0 &&
                !conditionKeysOf(statement).some((key) => sourceKeys.includes(key)) &&
                !isTrustOfCloudTrail(type, statement) &&
                !(isBucketOfPersonalize(type, statement) && !choices.bucketPolicyConditions),
        );
        return (
            trusting &&
            `${statementName(trusting)} trusts ${servicesOf(trusting).join(", ")} for every account; limit it by aws:SourceAccount and aws:SourceArn`
        );
    },

    "too-wide-managed-policy": (type, props) => {
        const given = [props.policyArn, ...list(props.managedPolicyArns), ...list(props.policyArns)];
        const wide = type.startsWith("aws:")
            ? given.find((arn) => typeof arn === "string" && tooWide.includes(arn.split("/").at(-1) ?? ""))
            : undefined;
        return wide === undefined ? undefined : `attaches ${String(wide).split("/").at(-1)}`;
    },

    "unencrypted-bucket": (type, props) => {
        if (!/^aws:s3\/bucketServerSideEncryptionConfiguration/.test(type) || isUnknown(props.rules)) return undefined;
        const algorithms = list(props.rules).map(
            (rule) => toRecord(toRecord(rule).applyServerSideEncryptionByDefault).sseAlgorithm,
        );
        const knownAlgorithms = ["AES256", "aws:kms", "aws:kms:dsse"];
        return algorithms.length > 0 &&
            algorithms.every((one) => isUnknown(one) || knownAlgorithms.includes(String(one)))
            ? undefined
            : `encrypts by ${algorithms.join(", ") || "nothing"}`;
    },

    "policy-too-long": (type, { policy }) => {
        const limit = policyLimits[type];
        const text = isUnknown(policy) || typeof policy === "string" ? policy : JSON.stringify(policy);
        const length = typeof text === "string" ? text.replaceAll(/\s/g, "").length : 0;
        return limit !== undefined && length > limit
            ? `has ${length} characters without white space, and IAM allows ${limit}. Shorten the names in it: ` +
                  "`pulumi config set nameSuffix -- -<name>`, bucketName, or the name of the stack; use fewer filters"
            : undefined;
    },

    "environment-too-long": (type, { environment }) => {
        const variables = toRecord(toRecord(environment).variables);
        const isKnown = Object.values(variables).every((value) => typeof value === "string");
        const bytes = isKnown ? Buffer.byteLength(JSON.stringify(variables)) : 0;
        return type === "aws:lambda/function:Function" && bytes > environmentLimit
            ? `has environment variables of ${bytes} bytes as JSON, and Lambda allows ${environmentLimit}. Use fewer or shorter ` +
                  "names of filters: `pulumi config rm --path filters.<name>`; or fewer allowedOrigins"
            : undefined;
    },
} as const satisfies Record<string, ResourceRule>;

/** Returns all problems of a resource, by rule. */
export function findViolations(
    type: string,
    props: Readonly<Record<string, unknown>>,
    choices: RuleChoices = { bucketPolicyConditions: true },
) {
    return keysOf(resourceRules).flatMap((rule) => {
        const problem = resourceRules[rule](type, props, choices);
        return problem === undefined ? [] : [{ rule, problem }];
    });
}

/** Checks whether Pulumi does not know a value yet: it passes an unknown value as an output object. */
function isUnknown(value: unknown): boolean {
    return typeof value === "object" && value !== null && "__pulumiOutput" in value;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function allowing(props: Readonly<Record<string, unknown>>): Statement[] {
    const inline = list(props.inlinePolicies).map((policy) => toRecord(policy).policy);
    return [...documentProperties.map((key) => props[key]), ...inline]
        .flatMap((value) => toList(parseDocument(value)?.Statement))
        .filter(({ Effect }) => Effect === "Allow");
}

/** Parses a policy from text or data; undefined for other values, which IAM rejects. */
function parseDocument(value: unknown): PolicyDocument | undefined {
    if (typeof value === "object" && value !== null) return isUnknown(value) ? undefined : (value as PolicyDocument);
    try {
        return typeof value === "string" ? ((JSON.parse(value) ?? undefined) as PolicyDocument | undefined) : undefined;
    } catch {
        return undefined;
    }
}

const statementName = ({ Sid }: Statement) => (Sid === undefined ? "a statement" : `statement ${Sid}`);
const conditionKeysOf = ({ Condition }: Statement) =>
    Object.values(Condition ?? {}).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));

function servicesOf({ Principal }: Statement): readonly string[] {
    return typeof Principal === "object" ? toList(Principal.Service) : [];
}

/** Checks whether a role's trust statement is only for CloudTrail, which cannot send the source keys. */
const isTrustOfCloudTrail = (type: string, statement: Statement) =>
    type === "aws:iam/role:Role" && servicesOf(statement).join() === cloudTrail;

/** Checks whether a statement of a bucket policy is for Personalize alone. */
const isBucketOfPersonalize = (type: string, statement: Statement) =>
    type === "aws:s3/bucketPolicy:BucketPolicy" && servicesOf(statement).join() === personalizeService;

function isForEveryone({ Principal, NotPrincipal }: Statement): boolean {
    return (
        NotPrincipal !== undefined ||
        Principal === "*" ||
        (typeof Principal === "object" && toList(Principal.AWS).includes("*"))
    );
}
