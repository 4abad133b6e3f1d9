import { randomUUID } from "node:crypto";
import { markerOf } from "./input.ts";
import type { Refusal } from "./refusal.ts";
import type { ActionResult, MatchedStatement, SimulationPage, Verdict } from "./simulate.ts";

const namespace = "https://iam.amazonaws.com/doc/2010-05-08/";

/** The answer of a simulation in IAM's form. */
export function answerXml(operation: string, { results, next }: SimulationPage): string {
    const more = next === undefined ? "" : element("Marker", escaped(markerOf(next)));
    const result =
        members("EvaluationResults", results.map(resultXml)) + element("IsTruncated", next !== undefined) + more;
    const metadata = element("ResponseMetadata", element("RequestId", randomUUID()));
    return `<${operation}Response xmlns="${namespace}">${element(`${operation}Result`, result)}${metadata}</${operation}Response>`;
}

/** A refusal in IAM's form. */
export function refusalXml({ code, message, status }: Refusal): string {
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

function details({ matched, missingContextKeys, allowedByBoundary }: Verdict): string {
    const boundary =
        allowedByBoundary === undefined
            ? ""
            : element("PermissionsBoundaryDecisionDetail", element("AllowedByPermissionsBoundary", allowedByBoundary));
    return (
        members("MatchedStatements", matched.map(statementXml)) +
        members("MissingContextValues", missingContextKeys.map(escaped)) +
        boundary
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
// XML cannot represent the other control characters, so they are left out.
const escaped = (text: string) =>
    text.replace(/[^\P{Cc}\t\n\r]/gu, "").replace(/[&<>"]/g, (character) => escapes[character] as string);
