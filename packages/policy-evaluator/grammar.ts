import type { JsonMember, JsonNode } from "./json.ts";
import { isAddressOrRange, isNullOperator, parseOperator } from "./operators.ts";
import type { PolicyKind } from "./statement.ts";

export interface GrammarProblem {
    readonly message: string;
    /** Position of the problem, in characters from the start of the text. */
    readonly offset: number;
}

type Report = (node: { readonly start: number }, message: string) => void;

const documentElements = ["Version", "Id", "Statement"];
const statementElements = [
    ...["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"],
];
const principalTypes = ["AWS", "Service", "Federated", "CanonicalUser"];

/**
 * Returns the violations of the grammar of IAM's policy language in a JSON value (IAM User Guide, "Grammar of the IAM
 * JSON policy language"). Names of elements are case-sensitive, no name may occur twice, and an operator must exist.
 */
export function checkGrammar(root: JsonNode, kind: PolicyKind): readonly GrammarProblem[] {
    const problems: GrammarProblem[] = [];
    const report: Report = ({ start }, message) => void problems.push({ message, offset: start });
    const elements = elementsOf(root, "a policy", documentElements, report);
    if (elements) {
        const version = elements.get("Version");
        if (version && !isOneOf(version, ["2012-10-17", "2008-10-17"])) {
            report(version, 'Version is "2012-10-17" or "2008-10-17"');
        }
        const id = elements.get("Id");
        if (id && textOf(id) === undefined) report(id, "Id is a text");
        const statement = elements.get("Statement");
        if (!statement) {
            report(root, "a policy needs a Statement");
        }
        const sids = new Set<string>();
        for (const each of listed(statement)) {
            checkStatement(each, kind, sids, report);
        }
        if (statement?.type === "array" && statement.items.length === 0) {
            report(statement, "a policy needs at least one statement");
        }
    }
    return problems;
}

function checkStatement(node: JsonNode, kind: PolicyKind, sids: Set<string>, report: Report): void {
    const elements = elementsOf(node, "a statement", statementElements, report);
    if (!elements) {
        return;
    }
    checkSid(elements.get("Sid"), kind, sids, report);
    const effect = elements.get("Effect");
    if (!effect || !isOneOf(effect, ["Allow", "Deny"])) {
        report(effect ?? node, 'a statement needs an Effect, "Allow" or "Deny"');
    }
    const oneOf = (name: string, required: boolean): JsonNode | undefined => {
        const [plain, negated] = [elements.get(name), elements.get(`Not${name}`)];
        if (plain && negated) report(negated, `a statement has ${name} or Not${name}, not both`);
        if (required && !plain && !negated) report(node, `a statement needs ${name} or Not${name}`);
        return plain ?? negated;
    };
    const principal = oneOf("Principal", kind === "resource");
    if (principal && kind === "identity") {
        report(principal, "a policy of an identity has no Principal: the identity is the principal");
    } else if (principal) {
        checkPrincipal(principal, report);
    }
    checkTexts(oneOf("Action", true), "an action", report, (action) =>
        action === "*" || /^[a-z0-9-]+:[a-z0-9*?]+$/i.test(action)
            ? undefined
            : `"${action}" is not an action: an action is * or service:Action`,
    );
    // A trust policy has no Resource element.
    checkTexts(oneOf("Resource", kind === "identity"), "a resource", report, (resource) =>
        resource === "*" || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:./.test(resource) || /^arn:.*[*?]/.test(resource)
            ? undefined
            : `"${resource}" is not a resource: a resource is * or an ARN`,
    );
    const condition = elements.get("Condition");
    if (condition) checkCondition(condition, report);
}

function checkSid(sid: JsonNode | undefined, kind: PolicyKind, sids: Set<string>, report: Report): void {
    const text = sid && textOf(sid);
    if (!sid || text === "") {
        return;
    }
    // Services accept spaces in the Sids of their resource policies, but IAM does not.
    if (text === undefined || (kind === "identity" && !/^[A-Za-z0-9]+$/.test(text))) {
        report(sid, "a Sid has letters and digits only");
    } else if (sids.has(text)) {
        report(sid, `the Sid ${text} occurs twice`);
    } else {
        sids.add(text);
    }
}

function checkPrincipal(node: JsonNode, report: Report): void {
    if (textOf(node) === "*") {
        return;
    }
    const types = elementsOf(node, 'a principal that is not "*"', principalTypes, report);
    for (const [type, value] of types ?? []) {
        checkTexts(value, "a principal", report, (name) =>
            name !== "*" && /[*?]/.test(name)
                ? `"${name}": a principal is a full name, or *`
                : type === "AWS" && !/^(\*|\d{12}|arn:[^:]+:(iam|sts)::.+|A[A-Z0-9]{15,})$/.test(name)
                  ? `"${name}" is not a principal of AWS: it must be *, an account, or an ARN of IAM or STS`
                  : undefined,
        );
    }
}

function checkCondition(node: JsonNode, report: Report): void {
    const operators = elementsOf(node, "a condition", undefined, report);
    for (const [name, block] of operators ?? []) {
        if (!isNullOperator(name) && !parseOperator(name)) {
            report(block, `${name} is not a condition operator of IAM`);
            continue;
        }
        const keys = elementsOf(block, `the operator ${name}`, undefined, report);
        for (const [key, wanted] of keys ?? []) {
            if (!/^[a-z0-9-]+:./i.test(key)) {
                report(wanted, `"${key}" is not a condition key: a condition key is service:key`);
            }
            for (const value of listed(wanted)) {
                if (value.type !== "scalar" || value.value === null) {
                    report(value, `the value of ${key} is a text, a number, a truth value, or a list of them`);
                } else if (/ipaddress/i.test(name) && !isAddressOrRange(String(value.value))) {
                    report(value, `"${value.value}" is not an IP address or range`);
                }
            }
        }
    }
}

/** Returns the members of an object by name. Adds a problem for any other value, and returns undefined. */
function elementsOf(
    node: JsonNode,
    what: string,
    choices: readonly string[] | undefined,
    report: Report,
): Map<string, JsonNode> | undefined {
    if (node.type !== "object") {
        report(node, `${what} is an object`);
        return undefined;
    }
    const elements = new Map<string, JsonNode>();
    for (const member of node.members) {
        if (elements.has(member.name)) report(member, `${member.name} occurs twice`);
        else if (choices && !choices.includes(member.name)) report(member, unknown(member, what, choices));
        else elements.set(member.name, member.node);
    }
    return elements;
}

function unknown({ name }: JsonMember, what: string, choices: readonly string[]): string {
    const meant = choices.find((each) => each.toLowerCase() === name.toLowerCase());
    return `${what} has no "${name}"${meant ? `: write ${meant}` : ""}`;
}

function checkTexts(
    node: JsonNode | undefined,
    what: string,
    report: Report,
    fault: (text: string) => string | undefined,
): void {
    for (const each of listed(node)) {
        const text = textOf(each);
        const message = text === undefined ? `${what} is a text` : fault(text);
        if (message) report(each, message);
    }
    if (node?.type === "array" && node.items.length === 0) {
        report(node, `${what} is missing in an empty list`);
    }
}

const listed = (node: JsonNode | undefined) => (node?.type === "array" ? node.items : node ? [node] : []);

const textOf = (node: JsonNode) => (node.type === "scalar" && typeof node.value === "string" ? node.value : undefined);

const isOneOf = (node: JsonNode, texts: readonly string[]) => texts.includes(textOf(node) ?? "");
