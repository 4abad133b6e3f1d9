import {
    type Authorization,
    accountOf,
    authorize,
    createPositionFinder,
    type Decision,
    describeProblems,
    type NamedPolicy,
    type Position,
    parsePolicy,
} from "policy-evaluator";
import type { Levels } from "../organisation.ts";
import { invalidInput, type SimulationInput } from "./input.ts";

/** A policy document with its name in the response. */
export interface SourcePolicy {
    readonly id: string;
    readonly text: string;
}

/** The policies of the simulated entity. */
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
    /** Whether the permissions boundary allows the action; undefined if the entity has no boundary. */
    readonly allowedByBoundary: boolean | undefined;
    /** Whether the organization's policies allow the action; undefined if the account is in no organization. */
    readonly allowedByOrganisation: boolean | undefined;
}

export interface ActionResult extends Verdict {
    readonly action: string;
    /** The decisions by resource; empty if the request contains no resource or only `*`. */
    readonly perResource: readonly Verdict[];
}

export interface SimulationPage {
    readonly results: readonly ActionResult[];
    /** The index of the next page's first action; undefined on the last page. */
    readonly next: number | undefined;
}

/** The maximum number of characters of a policy in a simulation. */
const maxCharacters = 131_072;
/** The maximum number of statements to evaluate for a page, so that one call does not delay other callers. */
const evaluationsPerPage = 100_000;

/**
 * Decides each action on each resource, one page of actions at a time. As the service model documents for
 * EvaluationResult, each action has one result with all deciding statements. Ignores trust policies (aws/aws-cli issue
 * 10314). AWS does not document two cases. This function reports the strictest decision of an action's resources as the
 * action's decision, and without a resource policy it evaluates only identity policies, even across accounts.
 * @throws Refusal for an invalid policy document
 */
export function simulate(input: SimulationInput, entity: EntityPolicies, serviceControl?: Levels): SimulationPage {
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
    const judge = judgeBy(input, sources, serviceControl);
    const statements = sources.reduce((sum, { positions }) => sum + positions.length, 0);
    const evaluationsPerAction = Math.max(1, statements) * (input.resources?.length ?? 1);
    const count = Math.min(input.maxItems, Math.max(1, Math.floor(evaluationsPerPage / evaluationsPerAction)));

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
        throw invalidInput(`${id} is not a valid policy: ${describeProblems(parsed.problems)}`);
    }
    const placeOf = createPositionFinder(text);
    // In IAM's response, a statement starts directly after the bracket or the previous statement, so the range includes
    // the comma and spaces before it.
    const positions = parsed.statements.map(({ lead, end }) => ({ start: placeOf(lead), end: placeOf(end) }));
    return { id, kind, policy: { name: id, document: parsed.document }, positions };
}

function judgeBy(
    input: SimulationInput,
    sources: readonly Source[],
    serviceControl: Levels | undefined,
): (action: string, resource: string) => Verdict {
    // Two policies can have the same name, so identify each by its index.
    const numbered = sources.map(({ policy }, index) => ({ ...policy, name: String(index) }));
    const ofKind = (kind: Source["kind"]) => numbered.filter((_, index) => sources[index]?.kind === kind);
    const [identity, boundary, resource] = [ofKind("identity"), ofKind("boundary"), ofKind("resource")];
    const callerAccount = accountOf(input.callerArn ?? "");

    return (action, resourceArn) => {
        const judged = resource.length > 0 && !/^sts:assume/i.test(action);
        const owner = accountOf(resourceArn) ?? input.resourceOwner ?? callerAccount;
        const authorization = authorize(
            { caller: { arn: input.callerArn ?? "" }, action, resource: resourceArn, context: input.context },
            {
                identity,
                ...(boundary.length > 0 && { boundary }),
                ...(judged && { resource }),
                ...(serviceControl && { serviceControl }),
            },
            judged ? owner : callerAccount,
        );
        return {
            resource: resourceArn,
            decision: authorization.decision,
            matched: matchedBy(authorization, sources),
            missingContextKeys: authorization.missingContextKeys,
            allowedByBoundary: authorization.by.boundary && authorization.by.boundary.decision === "allowed",
            allowedByOrganisation:
                authorization.by.serviceControl && authorization.by.serviceControl.decision === "allowed",
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
    const all = (values: readonly (boolean | undefined)[]) =>
        values.includes(undefined) ? undefined : !values.includes(false);
    return {
        resource: (verdicts.length === 1 && verdicts[0]?.resource) || "*",
        decision,
        matched: [...matched.values()],
        missingContextKeys: [...new Set(verdicts.flatMap(({ missingContextKeys }) => missingContextKeys))].sort(),
        allowedByBoundary: all(verdicts.map(({ allowedByBoundary }) => allowedByBoundary)),
        allowedByOrganisation: all(verdicts.map(({ allowedByOrganisation }) => allowedByOrganisation)),
    };
}
