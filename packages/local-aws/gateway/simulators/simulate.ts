import {
    type Authorization,
    accountOf,
    authorize,
    type Decision,
    describeProblems,
    type NamedPolicy,
    type Position,
    parsePolicy,
    placesIn,
} from "policy-evaluator";
import type { SimulationInput } from "./input.ts";
import { invalidInput } from "./refusal.ts";

/** A policy document as it was given or stored, and the name that an answer calls it by. */
export interface SourcePolicy {
    readonly id: string;
    readonly text: string;
}

/** The policies that belong to the entity that is simulated. */
export interface EntityPolicies {
    readonly policies: readonly SourcePolicy[];
    readonly boundary: SourcePolicy | undefined;
}

export interface MatchedStatement {
    readonly policyId: string;
    readonly policyType: "IAM Policy" | "Resource Policy";
    readonly start: Position;
    readonly end: Position;
}

export interface Verdict {
    readonly resource: string;
    readonly decision: Decision;
    readonly matched: readonly MatchedStatement[];
    readonly missingContextKeys: readonly string[];
    /** Undefined where there is no boundary. */
    readonly allowedByBoundary: boolean | undefined;
}

export interface ActionResult extends Verdict {
    readonly action: string;
    /** Empty where all resources, `*`, were asked for. */
    readonly perResource: readonly Verdict[];
}

export interface SimulationPage {
    readonly results: readonly ActionResult[];
    /** The action that the next page starts with; undefined on the last page. */
    readonly next: number | undefined;
}

/** IAM accepts documents of this length in a simulation. */
const maxCharacters = 131_072;
/** A page ends early when it took this many looks at a statement, so that no call holds up the others. */
const looksPerPage = 100_000;

/**
 * Judges each action on each resource, one page of actions. One result an action, with all statements that made it, is
 * the service model's text (of EvaluationResult); that a trust policy is read but never judged, aws/aws-cli issue 10314.
 * Ours, since nothing is published: the decision of an action is the worst of its resources, and without a resource
 * policy the identity's policies alone decide, also for a resource of another account.
 *
 * @throws Refusal for a document that is no policy.
 */
export function simulate(input: SimulationInput, entity: EntityPolicies): SimulationPage {
    const given = input.policies.map((text, index) => ({ id: `PolicyInputList.${index + 1}`, text }));
    const boundary =
        input.boundary === undefined
            ? entity.boundary
            : { id: "PermissionsBoundaryPolicyInputList.1", text: input.boundary };
    const sources = [
        ...[...entity.policies, ...given].map((policy) => read(policy, "identity")),
        ...(boundary ? [read(boundary, "boundary")] : []),
        ...(input.resourcePolicy === undefined
            ? []
            : [read({ id: "ResourcePolicy", text: input.resourcePolicy }, "resource")]),
    ];
    const judge = judgeBy(input, sources);
    const statements = sources.reduce((sum, { positions }) => sum + positions.length, 0);
    const looksPerAction = Math.max(1, statements) * (input.resources?.length ?? 1);
    const count = Math.min(input.maxItems, Math.max(1, Math.floor(looksPerPage / looksPerAction)));

    const actions = input.actions.slice(input.from, input.from + count);
    const results = actions.map((action): ActionResult => {
        const perResource = (input.resources ?? []).map((resource) => judge(action, resource));
        return { action, ...(input.resources ? together(perResource) : judge(action, "*")), perResource };
    });
    const next = input.from + actions.length;
    return { results, next: next < input.actions.length ? next : undefined };
}

interface Source {
    readonly id: string;
    readonly kind: "identity" | "boundary" | "resource";
    readonly policy: NamedPolicy;
    readonly positions: readonly { start: Position; end: Position }[];
}

function read({ id, text }: SourcePolicy, kind: Source["kind"]): Source {
    const parsed = parsePolicy(text, kind === "resource" ? "resource" : "identity", maxCharacters);
    if (!("document" in parsed)) {
        throw invalidInput(`${id} is no valid policy: ${describeProblems(parsed.problems)}`);
    }
    const placeOf = placesIn(text);
    // IAM counts a statement from behind the bracket or the statement before it, blanks and comma included.
    const positions = parsed.statements.map(({ lead, end }) => ({ start: placeOf(lead), end: placeOf(end) }));
    return { id, kind, policy: { name: id, document: parsed.document }, positions };
}

function judgeBy(input: SimulationInput, sources: readonly Source[]): (action: string, resource: string) => Verdict {
    // Two policies may have one name, so inside they are numbered.
    const numbered = sources.map(({ policy }, index) => ({ ...policy, name: String(index) }));
    const ofKind = (kind: Source["kind"]) => numbered.filter((_, index) => sources[index]?.kind === kind);
    const [identity, boundary, resource] = [ofKind("identity"), ofKind("boundary"), ofKind("resource")];
    const callerAccount = accountOf(input.callerArn ?? "");

    return (action, resourceArn) => {
        const judged = resource.length > 0 && !/^sts:assume/i.test(action);
        const owner = accountOf(resourceArn) ?? input.resourceOwner ?? callerAccount;
        const authorization = authorize(
            { caller: { arn: input.callerArn ?? "" }, action, resource: resourceArn, context: input.context },
            { identity, ...(boundary.length > 0 && { boundary }), ...(judged && { resource }) },
            judged ? owner : callerAccount,
        );
        return {
            resource: resourceArn,
            decision: authorization.decision,
            matched: matchedBy(authorization, sources),
            missingContextKeys: authorization.missingContextKeys,
            allowedByBoundary: authorization.by.boundary && authorization.by.boundary.decision === "allowed",
        };
    };
}

function matchedBy({ deciding }: Authorization, sources: readonly Source[]): MatchedStatement[] {
    return deciding.flatMap(({ policy, index }) => {
        const source = sources[Number(policy)];
        const position = source?.positions[index];
        return source && position
            ? [
                  {
                      policyId: source.id,
                      policyType: source.kind === "resource" ? ("Resource Policy" as const) : ("IAM Policy" as const),
                      ...position,
                  },
              ]
            : [];
    });
}

const severity: readonly Decision[] = ["explicitDeny", "implicitDeny", "allowed"];

function together(verdicts: readonly Verdict[]): Verdict {
    const decision = severity.find((each) => verdicts.some((verdict) => verdict.decision === each)) ?? "implicitDeny";
    const deciding = verdicts.filter((verdict) => verdict.decision === decision);
    const matched = new Map(deciding.flatMap((each) => each.matched).map((each) => [JSON.stringify(each), each]));
    const byBoundary = verdicts.map(({ allowedByBoundary }) => allowedByBoundary);
    return {
        resource: (verdicts.length === 1 && verdicts[0]?.resource) || "*",
        decision,
        matched: [...matched.values()],
        missingContextKeys: [...new Set(verdicts.flatMap(({ missingContextKeys }) => missingContextKeys))].sort(),
        allowedByBoundary: byBoundary.includes(undefined) ? undefined : !byBoundary.includes(false),
    };
}
