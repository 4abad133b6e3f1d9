import {
    type AccessRequest,
    type NamedPolicy,
    type PolicyKind,
    parseArn,
    type Statement,
    toList,
} from "policy-evaluator";
import { type Candidate, compareStatements, type DecidingCondition } from "./candidates.ts";
import { isConditionKey, type Unknowns } from "./context.ts";
import { type Correction, isUnresolved, nameOf } from "./meant.ts";

/**
 * The reason why a request is denied: a statement that denies it, or, if none allows it, the Allow statement that comes
 * closest.
 */
export interface Explanation {
    readonly effect: "Allow" | "Deny";
    readonly policy: string;
    /** The Sid, or the statement's number and actions; undefined if no statement contains the action. */
    readonly statement: string | undefined;
    /** The statement itself; absent if no statement contains the action. */
    readonly source?: Statement;
    readonly conditions: readonly DecidingCondition[];
    /** Parts of the statement, other than conditions, that do not match the request. */
    readonly parts: Candidate["parts"];
    /** Probably misspelled parts of the statement, with their corrections. */
    readonly corrections: readonly Correction[];
    readonly sentence: string;
    readonly evidence: readonly string[];
}

/**
 * Returns all reasons why a request is denied: each statement that denies it, and the missing Allow unless
 * `denialsOnly` is true.
 * @param assumed the request with assumed values for its unknown condition keys
 */
export function explain(
    request: AccessRequest,
    assumed: AccessRequest,
    policies: readonly NamedPolicy[],
    kind: PolicyKind,
    unknowns: Unknowns,
    denialsOnly = false,
): Explanation[] {
    const candidates = compareStatements(request, assumed, policies, kind, unknowns);
    const applies = ({ parts, unmet }: Candidate) => parts.length === 0 && unmet.length === 0;
    const [allows, denials] = (["Allow", "Deny"] as const).map((effect) =>
        candidates.filter(({ statement }) => statement.Effect === effect),
    ) as [Candidate[], Candidate[]];
    const isAllowed = allows.some(applies);
    return [
        ...denials.filter(applies).map((denial) => explainDenial(denial, request)),
        ...(isAllowed || denialsOnly ? [] : [missingAllow(allows, request, policies)]),
    ];
}

const describeRequest = (request: AccessRequest) =>
    `request: ${request.action} on ${request.resource} by ${nameOf(request)} with ${JSON.stringify(request.context)}`;

/**
 * Returns the explanation by a statement. The sentence begins with the statement's name and policy, then `words`, then
 * what the request sends for the conditions.
 */
function explainBy(
    { name, policy, statement, corrections }: Candidate,
    request: AccessRequest,
    conditions: readonly DecidingCondition[],
    words: string,
    parts: Explanation["parts"] = [],
): Explanation {
    const who = "service" in request.caller ? "Personalize" : "the role's session";
    const sent = [...new Set(conditions.map(sentText))].join(", ");
    const text = `${name} of the ${policy} ${words}`.trimEnd() + (sent && `; ${who} sends ${sent}`);
    return {
        effect: statement.Effect,
        policy,
        statement: name,
        source: statement,
        conditions,
        parts,
        corrections,
        // A Sid keeps its spelling, because readers search for it.
        sentence: `${statement.Sid ? text : text.charAt(0).toUpperCase() + text.slice(1)}.`,
        evidence: [`${name} of the ${policy}: ${JSON.stringify(statement)}`, describeRequest(request)],
    };
}

function explainDenial(candidate: Candidate, request: AccessRequest): Explanation {
    const { conditions, corrections } = candidate;
    const { NotPrincipal, NotResource, Resource } = candidate.statement;
    const [bucketArn = ""] = request.resource.split("/");
    // A wildcard within a name may match more names than its author meant.
    const patterns = toList(Resource).filter(
        (arn) => /[^*?:/].*[*?]|[*?][^*?:/]/.test(arn.split(":::")[1] ?? "") && !arn.startsWith(bucketArn),
    );
    const rules = [
        ...(patterns.length > 0 ? [`on ${patterns.join(", ")}, a pattern that also matches ${request.resource},`] : []),
        ...(NotPrincipal ? [`to all but ${JSON.stringify(NotPrincipal)}${notPrincipalHint(request)}`] : []),
        ...(NotResource ? [`outside ${toList(NotResource).join(", ")}`] : []),
        ...conditions.map((each) => `${describeCondition(each)}${mistakeHint(each, corrections)}`),
    ];
    return explainBy(candidate, request, conditions, `denies ${request.action} ${rules.join(" and ")}`);
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

/** Describes a condition in words: "unless aws:SourceVpce is vpce-1". */
function describeCondition({ key, operator, wanted }: DecidingCondition): string {
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

const weights = { principal: 4, resource: 2, action: 1 } as const;

function missingAllow(
    allows: readonly Candidate[],
    request: AccessRequest,
    policies: readonly NamedPolicy[],
): Explanation {
    const weightOf = ({ parts, unmet }: Candidate) =>
        unmet.length + parts.reduce((sum, part) => sum + weights[part], 0);
    const about = allows.filter(({ parts }) => !parts.includes("action"));
    // If statements for the caller of this request exist, ignore statements for other principals.
    const ours = about.filter(({ parts }) => !parts.includes("principal"));
    const [closest] = (ours.length > 0 ? ours : about).toSorted((a, b) => weightOf(a) - weightOf(b));
    const names = policies.map(({ name }) => name);
    const isOnlyAction = ({ parts, unmet }: Candidate) => parts.join() === "action" && unmet.length === 0;
    const excluding = allows.find((each) => each.statement.NotAction !== undefined && isOnlyAction(each));
    // In a policy of a resource, say what is allowed to this caller instead.
    const other = allows.find((each) => each.statement.Principal !== undefined && isOnlyAction(each));
    if (!closest || (ours.length === 0 && (excluding ?? other))) {
        const mistake = allows.flatMap(({ corrections }) => corrections).find(({ part }) => part === "action");
        const where = names.length === 1 ? `the ${names[0]}` : "the role's policies";
        const hint = mistake
            ? `: ${mistake.wrong} is not an action of IAM; ${mistake.right} was probably meant`
            : other
              ? `: ${other.name} allows only ${toList(other.statement.Action).join(", ")}`
              : "";
        const words = excluding
            ? `${excluding.name} of the ${excluding.policy} allows all actions but ${toList(excluding.statement.NotAction).join(", ")}.`
            : `No statement of ${where} allows ${request.action}${hint}.`;
        const common = {
            effect: "Allow",
            policy: (excluding ?? other)?.policy ?? names[0] ?? "",
            statement: undefined,
            conditions: [],
        } as const;
        const corrections = mistake ? [mistake] : [];
        const source = excluding && { source: excluding.statement, statement: excluding.name };
        const evidence = [describeRequest(request)];
        return { ...common, ...source, parts: ["action"], corrections, sentence: words, evidence };
    }
    const { statement, parts, unmet, corrections } = closest;
    const who = JSON.stringify(statement.Principal ?? { not: statement.NotPrincipal });
    const caller = "service" in request.caller ? "the service" : "the role";
    const why = [
        ...(parts.includes("principal")
            ? [`is for ${who}, not for ${caller} ${nameOf(request)}${meant(corrections, "principal")}`]
            : []),
        ...(parts.includes("resource") ? [resourceText(statement, request, corrections)] : []),
        ...unmet.map(
            (each) =>
                `requires ${each.operator} ${each.key} ${each.wanted.join(" or ")}${mistakeHint(each, corrections)}`,
        ),
    ];
    return explainBy(closest, request, unmet, why.join(", and "), parts);
}

/** Returns a hint in parentheses: what was probably meant instead of this part of the statement. */
function meant(corrections: readonly Correction[], part: Correction["part"]): string {
    const right = corrections.flatMap((each) => (each.part === part ? [each.right] : []));
    return right.length > 0 ? ` (${right.join(", ")} was probably meant)` : "";
}

function resourceText(
    { Resource, NotResource }: Statement,
    { resource, action }: AccessRequest,
    corrections: readonly Correction[],
): string {
    if (NotResource !== undefined) return `allows ${action} outside ${toList(NotResource).join(", ")} only`;
    const named = toList(Resource);
    const says = `allows ${action} on ${named.join(", ")}, not on ${resource}`;
    const bucketArn = resource.split("/")[0] ?? "";
    const rest = (arn: string) => arn.split(":").slice(2).join(":").split("/")[0];
    const variable = named.flatMap((each) => /\$\{(aws:PrincipalTag\/[^},]+)/i.exec(each)?.[1] ?? [])[0];
    const typed = corrections.find(({ part }) => part === "resource");
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
        [typed !== undefined, `${typed?.right} was probably meant`],
        [named.some((each) => each.split("/")[0] === bucketArn), "other keys of the bucket"],
        [true, "another bucket"],
    ].find(([holds]) => holds)?.[1];
    return action.startsWith("s3:") ? `${says}: ${hint}` : says;
}

/** Returns a hint in parentheses if a condition that decides the request is probably a mistake. */
function mistakeHint({ key, operator, wanted }: DecidingCondition, corrections: readonly Correction[]): string {
    const own = corrections.filter(({ part, wrong }) =>
        part === "key" ? wrong === key : part === "operator" ? wrong === operator : wanted.includes(wrong),
    );
    if (!isConditionKey(key)) {
        const [right] = own.flatMap((each) => (each.part === "key" ? [each.right] : []));
        return ` (there is no such key${right === undefined ? "" : `; ${right} was probably meant`})`;
    }
    if (wanted.some(isUnresolved)) return " (a placeholder or blanks)";
    const [like] = own.flatMap((each) => (each.part === "operator" ? [each.right] : []));
    return like === undefined ? meant(own, "value") : ` (${operator} knows no wildcards: ${like} does)`;
}
