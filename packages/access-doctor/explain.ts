import {
    type AccessRequest,
    contextOfCaller,
    type Lookup,
    listOf,
    lookupIn,
    matchStatement,
    type NamedPolicy,
    type OneOrMany,
    type PolicyKind,
    parseArn,
    type Statement,
} from "policy-evaluator";
import { isConditionKey, meantKey, type Unknowns } from "./context.ts";
import { possibleValues } from "./decide.ts";
import { distance } from "./text.ts";

/** A condition key of a deciding statement. */
export interface DecidingCondition {
    readonly key: string;
    readonly operator: string;
    readonly wanted: readonly string[];
    /** Undefined: the request does not have the key. */
    readonly sent: readonly string[] | "unknown" | undefined;
}

/** Why a request is denied: the statement that denies it, or the closest of those that do not allow it. */
export interface Explanation {
    readonly effect: "Allow" | "Deny";
    readonly policy: string;
    /** The Sid, or the number and actions; undefined if no statement is about the action. */
    readonly statement: string | undefined;
    readonly conditions: readonly DecidingCondition[];
    /** Other parts that keep a statement from allowing the request. */
    readonly parts: readonly ("principal" | "resource" | "action")[];
    readonly sentence: string;
    readonly evidence: readonly string[];
}

/**
 * All reasons against a request: each denial, and the missing allow unless `denialsOnly`.
 *
 * @param world the request with values for its unknown condition keys
 */
export function explain(
    request: AccessRequest,
    world: AccessRequest,
    policies: readonly NamedPolicy[],
    kind: PolicyKind,
    unknowns: Unknowns,
    denialsOnly = false,
): Explanation[] {
    const candidates = candidatesOf(request, world, policies, kind, unknowns);
    const denials = candidates.filter(
        ({ statement, mismatches }) => statement.Effect === "Deny" && mismatches.length === 0,
    );
    const allows = candidates.filter(({ statement }) => statement.Effect === "Allow");
    const isAllowed = allows.some(({ mismatches }) => mismatches.length === 0);
    return [
        ...denials.map((denial) => denialOf(denial, request)),
        ...(isAllowed || denialsOnly ? [] : [missingAllow(allows, request, policies)]),
    ];
}

type Mismatch = "principal" | "action" | "resource" | DecidingCondition;

interface Candidate {
    readonly policy: string;
    readonly name: string;
    readonly statement: Statement;
    readonly conditions: readonly DecidingCondition[];
    /** All parts that do not match; the evaluator stops at the first. */
    readonly mismatches: readonly Mismatch[];
}

function candidatesOf(
    request: AccessRequest,
    world: AccessRequest,
    policies: readonly NamedPolicy[],
    kind: PolicyKind,
    unknowns: Unknowns,
): Candidate[] {
    const lookupOf = ({ caller, context }: AccessRequest) => lookupIn({ ...contextOfCaller(caller), ...context });
    const [known, lookup] = [lookupOf(request), lookupOf(world)];
    return policies.flatMap(({ name: policy, document }) =>
        listOf(document.Statement).map((statement, index): Candidate => {
            const fits = (reduced: Partial<Statement>, as: PolicyKind) =>
                matchStatement({ ...request, lookup }, { Effect: statement.Effect, ...reduced }, as, document.Version)
                    .because === undefined;
            const actions = listOf(statement.Action ?? statement.NotAction).join(", ");
            const conditions = conditionsOf(statement, known, unknowns);
            return {
                policy,
                name: statement.Sid ?? `statement ${index + 1} (${statement.NotAction ? "not " : ""}${actions})`,
                statement,
                conditions,
                mismatches: mismatchesOf(statement, kind, conditions, fits),
            };
        }),
    );
}

const conditionsOf = ({ Condition = {} }: Statement, lookup: Lookup, unknowns: Unknowns): DecidingCondition[] =>
    Object.entries(Condition).flatMap(([operator, block]) =>
        Object.entries(block).map(([key, wanted]) => ({
            key,
            operator,
            wanted: listOf(wanted).map(String),
            sent: lookup(key) ?? sentOf(possibleValues(key, unknowns)),
        })),
    );

function sentOf(possible: readonly (string | null)[] | undefined): DecidingCondition["sent"] {
    const values = possible?.flatMap((value) => value ?? []);
    return values === undefined ? undefined : values.length === 0 ? "unknown" : values;
}

const anything = { Action: "*", Resource: "*" };

function mismatchesOf(
    statement: Statement,
    kind: PolicyKind,
    conditions: readonly DecidingCondition[],
    fits: (reduced: Partial<Statement>, as: PolicyKind) => boolean,
): Mismatch[] {
    const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement;
    const found: Mismatch[] = [];
    const who = { ...(Principal && { Principal }), ...(NotPrincipal && { NotPrincipal }) };
    if (kind === "resource" && !fits({ ...who, ...anything }, "resource")) found.push("principal");
    if (!fits({ Resource: "*", ...(Action && { Action }), ...(NotAction && { NotAction }) }, "identity")) {
        found.push("action");
    }
    const where = { ...(Resource && { Resource }), ...(NotResource && { NotResource }) };
    if (Object.keys(where).length > 0 && !fits({ Action: "*", ...where }, "identity")) found.push("resource");
    return [
        ...found,
        ...conditions.filter(({ operator, key }) => {
            const wanted = statement.Condition?.[operator]?.[key] as OneOrMany<string>;
            return !fits({ ...anything, Condition: { [operator]: { [key]: wanted } } }, "identity");
        }),
    ];
}

const evidenceOf = (request: AccessRequest, candidate?: Candidate) => {
    const { caller, action, resource, context } = request;
    const who = "service" in caller ? caller.service : "arn" in caller ? caller.arn : caller.federated;
    return [
        ...(candidate ? [`${candidate.name} of the ${candidate.policy}: ${JSON.stringify(candidate.statement)}`] : []),
        `request: ${action} on ${resource} by ${who} with ${JSON.stringify(context)}`,
    ];
};

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function denialOf(candidate: Candidate, request: AccessRequest): Explanation {
    const { name, policy, statement, conditions } = candidate;
    const { NotPrincipal, NotResource } = statement;
    const rules = [
        ...(NotPrincipal ? [`to all but ${JSON.stringify(NotPrincipal)}${notPrincipalHint(request)}`] : []),
        ...(NotResource ? [`outside ${listOf(NotResource).join(", ")}`] : []),
        ...conditions.map(ruleOf),
    ];
    const sent = conditions.map(sentText).filter((text, at, all) => all.indexOf(text) === at);
    const words = `${name} of the ${policy} denies ${request.action} ${rules.join(" and ")}`.trimEnd();
    return {
        effect: "Deny",
        policy,
        statement: name,
        conditions,
        parts: [],
        sentence: sentence(`${words}${sent.length > 0 ? `; ${sender(request)} sends ${sent.join(", ")}` : ""}.`),
        evidence: evidenceOf(request, candidate),
    };
}

const notPrincipalHint = ({ caller }: AccessRequest) =>
    "arn" in caller && caller.hasBoundary
        ? " (a role with a permissions boundary is never left out)"
        : " (a role is left out if its account is named beside it)";

const comparisons: Readonly<Record<string, string>> = {
    lessthan: "less than",
    lessthanequals: "at most",
    greaterthan: "more than",
    greaterthanequals: "at least",
};

/** The operator of a condition in words, with the values: "unless aws:SourceVpce is vpce-1". */
function ruleOf({ key, operator, wanted }: DecidingCondition): string {
    const plain = operator.replace(/^(ForAllValues|ForAnyValue):/i, "").replace(/IfExists$/i, "");
    const values = wanted.join(" or ");
    if (/^null$/i.test(plain)) return `${wanted.some((each) => /true/i.test(each)) ? "without" : "with"} ${key}`;
    const compared = comparisons[plain.replace(/^(numeric|date)/i, "").toLowerCase()];
    const word = /not/i.test(plain) ? "unless" : "if";
    const how = /like$/i.test(plain) && !/[*?]/.test(values) ? "" : /like$/i.test(plain) ? "like " : "";
    return `${word} ${key} is ${compared ? `${compared} ` : how}${values}`;
}

function sentText({ key, sent }: DecidingCondition): string {
    if (sent === undefined) return `no ${key}`;
    return sent === "unknown" ? `an unknown ${key}` : `${key} ${sent.join(", ")}`;
}

const weights = { principal: 4, resource: 2 } as const;

function missingAllow(
    allows: readonly Candidate[],
    request: AccessRequest,
    policies: readonly NamedPolicy[],
): Explanation {
    const weightOf = ({ mismatches }: Candidate) =>
        mismatches.reduce((sum, each) => sum + (typeof each === "string" && each !== "action" ? weights[each] : 1), 0);
    const about = allows.filter(({ mismatches }) => !mismatches.includes("action"));
    // Statements for other principals were not meant for this request, if some are for its caller.
    const ours = about.filter(({ mismatches }) => !mismatches.includes("principal"));
    const [closest] = (ours.length > 0 ? ours : about).toSorted((a, b) => weightOf(a) - weightOf(b));
    const names = policies.map(({ name }) => name);
    if (!closest) {
        const where = names.length === 1 ? `the ${names[0]}` : "the role's policies";
        const words = `No statement of ${where} allows ${request.action}${misspeltAction(allows, request)}.`;
        const common = { effect: "Allow", policy: names[0] ?? "", statement: undefined, conditions: [] } as const;
        return { ...common, parts: ["action"], sentence: words, evidence: evidenceOf(request) };
    }
    const { name, policy, statement, mismatches } = closest;
    const conditions = mismatches.filter((each) => typeof each !== "string");
    const parts = mismatches.filter((each) => typeof each === "string");
    const who = JSON.stringify(statement.Principal ?? { not: statement.NotPrincipal });
    const caller = "service" in request.caller ? "the service" : "the role";
    const why = [
        ...(parts.includes("principal") ? [`is for ${who}, not for ${caller} ${nameOf(request)}`] : []),
        ...(parts.includes("resource") ? [resourceText(statement, request)] : []),
        ...conditions.map(
            (each) => `requires ${each.operator} ${each.key} ${each.wanted.join(" or ")}${conditionHint(each)}`,
        ),
    ];
    const sent = conditions.length > 0 ? `; ${sender(request)} sends ${conditions.map(sentText).join(", ")}` : "";
    return {
        effect: "Allow",
        policy,
        statement: name,
        conditions,
        parts,
        sentence: sentence(`${name} of the ${policy} ${why.join(", and ")}${sent}.`),
        evidence: evidenceOf(request, closest),
    };
}

const sender = ({ caller }: AccessRequest) => ("service" in caller ? "Personalize" : "the role's session");

const nameOf = ({ caller }: AccessRequest) =>
    "service" in caller ? caller.service : "arn" in caller ? caller.arn : caller.federated;

/** Names of API operations and other words that people write for the two actions; IAM does not know them. */
const lookalikes: Readonly<Record<string, RegExp>> = {
    "s3:ListBucket": /^s3:(listobjects?(v2)?|headbucket|listobject\*|list|listbuckets?objects?)$/i,
    "s3:GetObject": /^s3:(getobjects|headobject|readobject|get|getobjectv2|copyobject)$/i,
};

function misspeltAction(allows: readonly Candidate[], { action }: AccessRequest): string {
    const known = new Set(["s3:listbuckets", "s3:putobject", action.toLowerCase()]);
    const isMeant = (word: string) =>
        lookalikes[action]?.test(word) || (!known.has(word) && distance(word, action.toLowerCase()) <= 1);
    const near = allows
        .flatMap(({ statement }) => listOf(statement.Action))
        .find((each) => isMeant(each.trim().toLowerCase()));
    return near === undefined ? "" : `: ${near} is not an action of IAM`;
}

/** Whether a text still has a template's placeholder, or blanks. IAM's own variables are names of keys: `${aws:…}`. */
const isUnresolved = (text: string) =>
    /^\s|\s$|\s|\$\{(?!\w+:)|\{\{|<[\w -]+>|\[[\w -]+\]|(^|:)(bucket-name|your-?bucket(-name)?|amzn-s3-demo-bucket|accountId|account-id)(\/|:|$)/i.test(
        text,
    );

function resourceText({ Resource, NotResource }: Statement, { resource, action }: AccessRequest): string {
    if (NotResource !== undefined) return `allows ${action} outside ${listOf(NotResource).join(", ")} only`;
    const named = listOf(Resource);
    const says = `allows ${action} on ${named.join(", ")}, not on ${resource}`;
    const bucketArn = resource.split("/")[0] ?? "";
    const rest = (arn: string) => arn.split(":").slice(2).join(":").split("/")[0];
    const variable = named.flatMap((each) => /\$\{(aws:PrincipalTag\/[^},]+)/i.exec(each)?.[1] ?? [])[0];
    const hint = [
        [named.some(isUnresolved), "a placeholder or blanks are in the name"],
        [variable !== undefined, `\${${variable}} has no value that fits: look at the role's tags`],
        [
            action === "s3:GetObject" && named.includes(bucketArn),
            `the statement names the bucket; objects are ${bucketArn}/*`,
        ],
        [
            action === "s3:ListBucket" && named.some((each) => each.startsWith(`${bucketArn}/`)),
            "the statement names objects; a bucket is listed by its own ARN",
        ],
        [
            named.some(
                (each) => rest(each) === rest(bucketArn) && parseArn(each)?.partition !== parseArn(resource)?.partition,
            ),
            "another partition",
        ],
        [named.some((each) => each.split("/")[0] === bucketArn), "other keys of the bucket"],
        [true, "another bucket"],
    ].find(([holds]) => holds)?.[1];
    return action.startsWith("s3:") ? `${says}: ${hint}` : says;
}

/** What is odd in a condition that is not met. */
function conditionHint({ key, operator, wanted }: DecidingCondition): string {
    if (!isConditionKey(key)) {
        const meant = meantKey(key);
        return ` (there is no such key${meant === undefined ? "" : `; ${meant} was probably meant`})`;
    }
    if (wanted.some(isUnresolved)) return " (a placeholder or blanks)";
    const isLiteral = /^string(equals|equalsignorecase)(ifexists)?$/i.test(operator);
    return isLiteral && wanted.some((each) => each.includes("*"))
        ? " (StringEquals knows no wildcards: StringLike does)"
        : "";
}
