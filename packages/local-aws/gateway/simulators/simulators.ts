import { randomUUID } from "node:crypto";
import type { Answer } from "../answer.ts";
import type { Directory, PolicyText } from "../enforcement/directory.ts";
import type { Organisation } from "../organisation.ts";
import { formatMarker, IamInputError, readInput, readQuery } from "./input.ts";
import {
    type ActionResult,
    type EntityPolicies,
    type MatchedStatement,
    type SimulationPage,
    type SourcePolicy,
    simulate,
    type Verdict,
} from "./simulate.ts";

const namespace = "https://iam.amazonaws.com/doc/2010-05-08/";

/** Formats a simulation's results as IAM's XML. */
function answerXml(operation: string, { results, next }: SimulationPage): string {
    const more = next === undefined ? "" : element("Marker", escaped(formatMarker(next)));
    const result =
        members("EvaluationResults", results.map(resultXml)) + element("IsTruncated", next !== undefined) + more;
    const metadata = element("ResponseMetadata", element("RequestId", randomUUID()));
    return `<${operation}Response xmlns="${namespace}">${element(`${operation}Result`, result)}${metadata}</${operation}Response>`;
}

/** Formats an error as IAM's XML. */
function refusalXml({ code, message, status }: IamInputError): string {
    const type = status < 500 ? "Sender" : "Receiver";
    const error = element("Type", type) + element("Code", code) + element("Message", escaped(message));
    return `<ErrorResponse xmlns="${namespace}">${element("Error", error)}${element("RequestId", randomUUID())}</ErrorResponse>`;
}

function resultXml(result: ActionResult): string {
    const perResource = result.perResource.map(
        (each) =>
            element("EvalResourceName", escaped(each.resource)) +
            element("EvalResourceDecision", each.decision) +
            details(each),
    );
    return (
        element("EvalActionName", escaped(result.action)) +
        element("EvalResourceName", escaped(result.resource)) +
        element("EvalDecision", result.decision) +
        details(result) +
        (perResource.length > 0 ? `<EvalDecisionDetails/>${members("ResourceSpecificResults", perResource)}` : "")
    );
}

function details({ matched, missingContextKeys, allowedByBoundary, allowedByOrganisation }: Verdict): string {
    const organisation =
        allowedByOrganisation === undefined
            ? ""
            : element("OrganizationsDecisionDetail", element("AllowedByOrganizations", allowedByOrganisation));
    const boundary =
        allowedByBoundary === undefined
            ? ""
            : element("PermissionsBoundaryDecisionDetail", element("AllowedByPermissionsBoundary", allowedByBoundary));
    return (
        members("MatchedStatements", matched.map(statementXml)) +
        members("MissingContextValues", missingContextKeys.map(escaped)) +
        boundary +
        organisation
    );
}

function statementXml({ policyId, policyType, start, end }: MatchedStatement): string {
    const position = (name: string, { line, column }: MatchedStatement["start"]) =>
        element(name, element("Line", line) + element("Column", column));
    return (
        element("SourcePolicyId", escaped(policyId)) +
        element("SourcePolicyType", policyType) +
        position("StartPosition", start) +
        position("EndPosition", end)
    );
}

const element = (name: string, content: string | number | boolean) => `<${name}>${content}</${name}>`;

const members = (name: string, contents: readonly string[]) =>
    element(name, contents.map((content) => element("member", content)).join(""));

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// Removes control characters except tab and line breaks, because XML 1.0 cannot represent them.
const escaped = (text: string) =>
    text.replace(/[^\P{Cc}\t\n\r]/gu, "").replace(/[&<>"]/g, (character) => escapes[character] as string);

/** Answers SimulateCustomPolicy and SimulatePrincipalPolicy. Returns undefined for any other IAM call. */
export type Simulators = (body: Buffer) => Promise<Answer | undefined>;

/**
 * Creates IAM's policy simulators with the package policy-evaluator and the policies in MiniStack. MiniStack's own
 * simulators ignore context entries, resource policies, and all resources but the first.
 */
export function createSimulators(directory: Pick<Directory, "entity">, organisation: Organisation): Simulators {
    const headers = { "content-type": "text/xml" };
    return async (body) => {
        const query = readQuery(body.toString("utf8"));
        const operation = query.text("Action");
        if (operation !== "SimulateCustomPolicy" && operation !== "SimulatePrincipalPolicy") {
            return undefined;
        }
        try {
            const input = readInput(operation, query);
            const entity = input.sourceArn
                ? await entityPolicies(directory, input.sourceArn)
                : { policies: [], boundary: undefined };
            const levels = input.sourceArn ? organisation.simulated() : undefined;
            return { status: 200, headers, body: answerXml(operation, simulate(input, entity, levels)) };
        } catch (error) {
            if (!(error instanceof IamInputError)) {
                throw error;
            }
            return { status: error.status, headers, body: refusalXml(error) };
        }
    };
}

/**
 * A policy that allows nothing. It allows only an action that no service has, because a policy without a statement is
 * invalid.
 */
const grantsNothing = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "none:Nothing", Resource: "*" }],
});

/**
 * Converts a stored policy for the simulators. If an attached managed policy has no stored document, it allows nothing,
 * as when the gateway checks other calls.
 */
const source = ({ name, text }: PolicyText): SourcePolicy => ({
    id: name.split(" ").at(-1) ?? "",
    text: text ?? grantsNothing,
});

/**
 * Reads all stored policies of a user (including those of the user's groups), a group or a role, and the boundary.
 * @throws Refusal NoSuchEntity if the entity does not exist
 */
async function entityPolicies(directory: Pick<Directory, "entity">, arn: string): Promise<EntityPolicies> {
    const [, kind = "", path = ""] = /:(user|group|role)\/(.+)$/.exec(arn) ?? [];
    const type = kind === "user" || kind === "group" ? kind : "role";
    const name = path.split("/").at(-1) ?? "";
    const found = await directory.entity(type, name);
    if (found?.arn !== arn) {
        throw new IamInputError("NoSuchEntity", `The ${type} with name ${name} cannot be found.`, 404);
    }
    const [boundary] = found.boundary ?? [];
    return { policies: found.identity.map(source), boundary: boundary && source(boundary) };
}
