import { randomUUID } from "node:crypto";
import {
    type ApplicablePolicies,
    accountOf,
    authorize,
    type Decision,
    describeProblems,
    type NamedPolicy,
    parseArn,
    parsePolicy,
    type RequestContext,
} from "policy-evaluator";
import type { Answer } from "./answer.ts";
import type { Directory, PolicyText } from "./enforcement/directory.ts";

/** Thrown if IAM rejects the call, with IAM's error code and HTTP status. */
class IamInputError extends Error {
    readonly code: string;
    readonly status: number;
    constructor(message: string, code = "InvalidInput", status = 400) {
        super(message);
        this.code = code;
        this.status = status;
    }
}

type SimulationInput = ReturnType<typeof readInput>;

/** The parameters that the access doctor and `doctor` send. Others could change the decision, so they are refused. */
const emulated = /^(Action|Version|PolicySourceArn|MaxItems|Marker|(ActionNames|ResourceArns|ContextEntries)(\..*)?)$/;
const entityArn = /^arn:[^:]+:iam::\d{12}:(user|group|role)\/(?:.+\/)?([^/]+)$/;
/** IAM's default number of actions on a page (IAM API Reference, "SimulatePrincipalPolicy"). */
const defaultItems = 100;

/**
 * Parses and validates the parameters of SimulatePrincipalPolicy (IAM API Reference).
 * @throws IamInputError for input that IAM rejects, and for parameters that are not emulated
 */
function readInput(form: URLSearchParams) {
    const other = [...form.keys()].find((name) => !emulated.test(name));
    if (other !== undefined) {
        throw new IamInputError(`${other} of SimulatePrincipalPolicy is not emulated here.`, "NotImplemented");
    }
    const sourceArn = form.get("PolicySourceArn") ?? "";
    if (!entityArn.test(sourceArn)) throw new IamInputError(`Invalid Entity Arn: ${sourceArn}`);
    const actions = membersOf(form, "ActionNames");
    const wrong = actions.find((action) => !/^[\w-]+:[\w-]+$/.test(action));
    if (wrong !== undefined) {
        throw new IamInputError(`Invalid ActionName: ${wrong}. It must be service:Action, without wildcards.`);
    }
    const resources = membersOf(form, "ResourceArns");
    const strange = resources.filter((resource) => resource !== "*" && !parseArn(resource));
    if (strange.length > 0) {
        throw new IamInputError(`ResourceNames are not in a valid ARN format: ${strange.join(", ")}`);
    }
    return {
        sourceArn,
        actions,
        /** ARNs of the resources to simulate; undefined if the call gives no resource or only `*`. */
        resources: resources.length === 0 || resources.join() === "*" ? undefined : resources,
        context: readContext(form),
        maxItems: Number(form.get("MaxItems") ?? defaultItems),
        /** The index of the first action on the requested page. */
        from: Number(form.get("Marker") ?? 0),
    };
}

/** Returns the values of `name.member.1`, `name.member.2` and so on. */
function membersOf(form: URLSearchParams, name: string): readonly string[] {
    const members: string[] = [];
    for (let value = form.get(`${name}.member.1`); value !== null; ) {
        members.push(value);
        value = form.get(`${name}.member.${members.length + 1}`);
    }
    return members;
}

function readContext(form: URLSearchParams): RequestContext {
    const context: Record<string, readonly string[]> = {};
    for (let number = 1; form.has(`ContextEntries.member.${number}.ContextKeyName`); number += 1) {
        const entry = `ContextEntries.member.${number}`;
        const name = form.get(`${entry}.ContextKeyName`) ?? "";
        const type = form.get(`${entry}.ContextKeyType`) ?? "";
        const values = membersOf(form, `${entry}.ContextKeyValues`);
        if (values.length > 1 && !type.endsWith("List")) {
            throw new IamInputError(`${name} has ${values.length} values, and type ${type}: write ${type}List.`);
        }
        context[name] = values;
    }
    return context;
}

interface Verdict {
    readonly resource: string;
    readonly decision: Decision;
    readonly xml: string;
}

/**
 * Decides an action on a resource. Evaluates only policies of the identity and its boundary, also for a resource of
 * another account; AWS does not document this case.
 */
function judge(
    { sourceArn, context }: SimulationInput,
    policies: ApplicablePolicies,
    action: string,
    resource: string,
): Verdict {
    const account = accountOf(sourceArn);
    const { decision, by, deciding, missingContextKeys } = authorize(
        { caller: { arn: sourceArn }, action, resource, context },
        policies,
        account,
    );
    const matched = deciding.map(({ policy }) => element("SourcePolicyId", escaped(policy)));
    const allowedBy = (level: { decision: Decision }) =>
        element("AllowedByPermissionsBoundary", level.decision === "allowed");
    const xml =
        members("MatchedStatements", matched) +
        members("MissingContextValues", missingContextKeys.map(escaped)) +
        (by.boundary ? element("PermissionsBoundaryDecisionDetail", allowedBy(by.boundary)) : "");
    return { resource, decision, xml };
}

const severity: readonly Decision[] = ["explicitDeny", "implicitDeny", "allowed"];

/**
 * Formats the result of one action. AWS does not document the decision of an action on several resources; here it is
 * the strictest one.
 */
function resultXml(action: string, verdicts: readonly [Verdict, ...Verdict[]], isPerResource: boolean): string {
    const [strictest] = verdicts.toSorted((a, b) => severity.indexOf(a.decision) - severity.indexOf(b.decision));
    const { resource, decision, xml } = strictest ?? verdicts[0];
    const perResource = verdicts.map(
        (each) =>
            element("EvalResourceName", escaped(each.resource)) +
            element("EvalResourceDecision", each.decision) +
            each.xml,
    );
    return (
        element("EvalActionName", escaped(action)) +
        element("EvalResourceName", verdicts.length > 1 ? "*" : escaped(resource)) +
        element("EvalDecision", decision) +
        xml +
        (isPerResource ? members("ResourceSpecificResults", perResource) : "")
    );
}

const element = (name: string, content: string | number | boolean) => `<${name}>${content}</${name}>`;

const members = (name: string, contents: readonly string[]) =>
    element(name, contents.map((content) => element("member", content)).join(""));

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// Removes control characters except tab and line breaks, because XML 1.0 cannot represent them.
const escaped = (text: string) =>
    text.replace(/[^\P{Cc}\t\n\r]/gu, "").replace(/[&<>"]/g, (character) => escapes[character] as string);

/** Formats an error as IAM's XML. */
function errorXml({ code, message }: IamInputError): string {
    const error = element("Type", "Sender") + element("Code", code) + element("Message", escaped(message));
    return responseXml("ErrorResponse", element("Error", error) + element("RequestId", randomUUID()));
}

const responseXml = (name: string, content: string) =>
    `<${name} xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${content}</${name}>`;

/** Answers IAM's simulator for the body of a call. Returns undefined for any other IAM call. */
export type Simulator = (body: Buffer) => Promise<Answer | undefined>;

/**
 * Creates SimulatePrincipalPolicy with the package policy-evaluator and the policies in MiniStack. MiniStack's own
 * simulators ignore context entries, boundaries, and all resources but the first, so SimulateCustomPolicy, which no part
 * of the program calls, is refused.
 */
export function createSimulator(directory: Pick<Directory, "entity">): Simulator {
    const headers = { "content-type": "text/xml" };
    return async (body) => {
        const form = new URLSearchParams(body.toString("utf8"));
        const operation = form.get("Action");
        if (operation !== "SimulateCustomPolicy" && operation !== "SimulatePrincipalPolicy") return undefined;
        try {
            if (operation === "SimulateCustomPolicy") {
                throw new IamInputError("SimulateCustomPolicy is not emulated here.", "NotImplemented");
            }
            const input = readInput(form);
            const policies = await readPolicies(directory, input.sourceArn);
            return { status: 200, headers, body: pageXml(input, policies) };
        } catch (error) {
            if (!(error instanceof IamInputError)) throw error;
            return { status: error.status, headers, body: errorXml(error) };
        }
    };
}

function pageXml(input: SimulationInput, policies: ApplicablePolicies): string {
    const next = input.from + input.maxItems;
    const results = input.actions.slice(input.from, next).map((action) => {
        const [first = "*", ...more] = input.resources ?? [];
        const verdict = (resource: string) => judge(input, policies, action, resource);
        return resultXml(action, [verdict(first), ...more.map(verdict)], input.resources !== undefined);
    });
    const isTruncated = next < input.actions.length;
    const result =
        members("EvaluationResults", results) +
        element("IsTruncated", isTruncated) +
        (isTruncated ? element("Marker", next) : "");
    const metadata = element("ResponseMetadata", element("RequestId", randomUUID()));
    return responseXml("SimulatePrincipalPolicyResponse", element("SimulatePrincipalPolicyResult", result) + metadata);
}

/**
 * Reads all stored policies of a user (including those of the user's groups), a group or a role, and the boundary.
 * @throws IamInputError NoSuchEntity if the entity does not exist
 */
async function readPolicies(directory: Pick<Directory, "entity">, arn: string): Promise<ApplicablePolicies> {
    const [, kind = "", name = ""] = entityArn.exec(arn) ?? [];
    const found = await directory.entity(kind as "user" | "group" | "role", name);
    if (found?.arn !== arn) {
        throw new IamInputError(`The ${kind} with name ${name} cannot be found.`, "NoSuchEntity", 404);
    }
    return { identity: found.identity.flatMap(readPolicy), boundary: found.boundary?.flatMap(readPolicy) };
}

/**
 * The maximum number of characters of a policy in a simulation. An attached managed policy without a stored document
 * allows nothing, as when the gateway checks other calls.
 */
const maxCharacters = 131_072;

function readPolicy({ name, text }: PolicyText): readonly NamedPolicy[] {
    if (text === null) return [];
    const id = name.split(" ").at(-1) ?? "";
    const parsed = parsePolicy(text, "identity", maxCharacters);
    if (!("document" in parsed))
        throw new IamInputError(`${id} is not a valid policy: ${describeProblems(parsed.problems)}`);
    return [{ name: id, document: parsed.document }];
}
